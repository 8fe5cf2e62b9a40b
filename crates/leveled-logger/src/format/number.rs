//! Numbers with a point, as C's printf and Python write them; Rust's own formatting writes
//! exponents otherwise.

/// The shortest text that reads back as the same number: `123.0`, `1e-05`, `1e+16`.
pub(crate) fn shortest(number: f64) -> String {
    if !number.is_finite() {
        return infinite(number);
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = split(&scientific);
    if number != 0.0 && !(-4..16).contains(&exponent) {
        return with_exponent(digits, exponent);
    }
    let text = format!("{number}");
    if text.contains('.') { text } else { text + ".0" }
}

/// `%f`: that many digits behind the point.
pub(crate) fn fixed(number: f64, precision: usize) -> String {
    if number.is_finite() { format!("{number:.precision$}") } else { infinite(number) }
}

/// `%e`: one digit before the point, and an exponent of at least two digits.
pub(crate) fn exponent(number: f64, precision: usize) -> String {
    if !number.is_finite() {
        return infinite(number);
    }
    let scientific = format!("{number:.precision$e}");
    let (digits, exponent) = split(&scientific);
    with_exponent(digits, exponent)
}

/// `%g`: that many digits in all, with an exponent only for the very large and the very small, and
/// no zeros at the end unless `keeps_zeros`.
pub(crate) fn general(number: f64, precision: usize, keeps_zeros: bool) -> String {
    if !number.is_finite() {
        return infinite(number);
    }
    let precision = precision.max(1);
    let scientific = format!("{number:.*e}", precision - 1);
    let (digits, exponent) = split(&scientific);
    let last = i32::try_from(precision).unwrap_or(i32::MAX);
    if (-4..last).contains(&exponent) {
        let behind = usize::try_from(last - 1 - exponent).unwrap_or(0);
        let text = format!("{number:.behind$}");
        if keeps_zeros { text } else { without_zeros(&text).to_owned() }
    } else {
        with_exponent(if keeps_zeros { digits } else { without_zeros(digits) }, exponent)
    }
}

/// As `%g`, but one digit behind the point has its place among the `precision` ones; where there is
/// none left for it, an exponent takes over. So Python writes `{:.3}`.
pub(crate) fn with_point(number: f64, precision: usize) -> String {
    let text = general(number, precision, false);
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    if text.len() < precision {
        return text + ".0";
    }
    let scientific = format!("{number:.*e}", precision.max(1) - 1);
    let (digits, exponent) = split(&scientific);
    with_exponent(without_zeros(digits), exponent)
}

fn infinite(number: f64) -> String {
    let text = if number.is_nan() { "nan" } else { "inf" };
    if number == f64::NEG_INFINITY { format!("-{text}") } else { text.to_owned() }
}

/// The two halves of Rust's `1.5e-7`.
fn split(scientific: &str) -> (&str, i32) {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (digits, exponent.parse().unwrap_or(0))
}

fn with_exponent(digits: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
