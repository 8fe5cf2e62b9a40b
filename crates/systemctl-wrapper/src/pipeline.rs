//! Many questions at once: sent one behind the other, answered in any order.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// How many answers may be outstanding. dbus-daemon(1) refuses the 129th on the system bus:
/// `max_replies_per_connection`.
const WINDOW: usize = 100;

type Pending<'a, T> = (usize, Pin<Box<dyn Future<Output = T> + 'a>>);

/// Runs all futures, at most [`WINDOW`] at a time; the answers in the order of the questions.
pub(crate) async fn all<'a, T>(questions: Vec<impl Future<Output = T> + 'a>) -> Vec<T> {
    let mut answers: Vec<Option<T>> = questions.iter().map(|_| None).collect();
    let mut waiting = questions.into_iter().enumerate();
    let mut pending: Vec<Pending<'a, T>> = Vec::with_capacity(WINDOW);
    poll_fn(|context| {
        loop {
            let free = WINDOW - pending.len();
            let more = waiting.by_ref().take(free);
            pending.extend(more.map(|(at, future)| (at, Box::pin(future) as Pin<Box<_>>)));
            let before = pending.len();
            pending.retain_mut(|(at, future)| match future.as_mut().poll(context) {
                Poll::Ready(answer) => {
                    answers[*at] = Some(answer);
                    false
                }
                Poll::Pending => true,
            });
            if pending.is_empty() && waiting.len() == 0 {
                return Poll::Ready(());
            }
            // Nothing was answered, or nothing is left to be asked: wait.
            if pending.len() == before || waiting.len() == 0 {
                return Poll::Pending;
            }
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_questions_and_never_too_many_at_once() {
        use std::cell::Cell;
        let (open, most) = (Cell::new(0_usize), Cell::new(0_usize));
        let question = |number: usize| {
            let (open, most) = (&open, &most);
            async move {
                open.set(open.get() + 1);
                most.set(most.get().max(open.get()));
                let mut polls = 0;
                poll_fn(|context| {
                    polls += 1;
                    context.waker().wake_by_ref();
                    if polls > number % 7 { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                open.set(open.get() - 1);
                number
            }
        };
        let answers = zbus::block_on(all((0..1000).map(question).collect()));
        assert_eq!(answers, (0..1000).collect::<Vec<_>>());
        assert!((2..=WINDOW).contains(&most.get()), "{}", most.get());
    }
}
