//! Says on another system than Linux why nothing here can be built, instead of a hundred errors.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let system = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if system != "linux" {
        println!(
            "cargo::error=Servicios needs Linux, and this is {system}: take a virtual machine with \
             Linux, such as Lima's or Multipass's; see docs/en/where-it-runs.md"
        );
    }
}
