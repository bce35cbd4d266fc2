//! Many calls of one kind, a few of them at the same time.

use std::future::Future;

use tokio::task::JoinSet;

/// Calls at the same time: as many as the slowest of the services allows in a second.
const CALLS: usize = 8;

/// The answers to many calls, in no order. A call that broke off has no answer.
pub(crate) async fn at_once<T, A, F>(all: impl IntoIterator<Item = T>, call: impl Fn(T) -> F) -> Vec<A>
where
    A: Send + 'static,
    F: Future<Output = A> + Send + 'static,
{
    let mut answers = Vec::new();
    let mut open = JoinSet::new();
    for one in all {
        if open.len() >= CALLS {
            answers.extend(open.join_next().await.and_then(Result::ok));
        }
        open.spawn(call(one));
    }
    while let Some(answer) = open.join_next().await {
        answers.extend(answer.ok());
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_call_is_answered_once() {
        let mut answers = at_once(0..100, |n| async move { n * 2 }).await;
        answers.sort_unstable();
        assert_eq!(answers, (0..200).step_by(2).collect::<Vec<_>>());
    }
}
