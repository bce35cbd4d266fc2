//! What is to be announced, one check for each clause.

use super::script::{
    ME, as_running, claim, close, end, intent, judge, news, no, old_news, ran, row, run, said, same, settle,
    settle_after, stands, started, yes,
};
use super::{Check, Stage};
use crate::ledger::{Change, Happened, LEASE, News};
use crate::world::World;

pub(super) async fn noted<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = started(stage, "news").await?;
    let mut unsaid = vec![old_news()];
    let steps = [
        (settle(&model, ME, as_running()), vec![news(Happened::Started, 3)]),
        (close(&end(&model, 1)), vec![news(Happened::Ended, 900)]),
        (
            Change::Judge(judge(&model, true)),
            vec![news(Happened::Judged, 7_200), news(Happened::Futile, 7_200)],
        ),
    ];
    for (change, news) in steps {
        yes("a change", world.change(&change).await)?;
        unsaid.extend(news);
        same("what is to be said", &row(&world, &model).await?.unsaid, &unsaid)?;
    }
    Ok(())
}

pub(super) async fn taken_away<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = started(stage, "news-said").await?;
    yes("running", world.change(&settle(&model, ME, as_running())).await)?;
    let mut wanted = row(&world, &model).await?;
    let (old, new) = (old_news(), news(Happened::Started, 3));
    // The same thing as another turn wrote it is not what was said.
    let others = [News { by: "contract-turn-3".to_owned(), ..new.clone() }, news(Happened::Started, 4)];
    no("what is not noted", world.change(&said(&model, &others)).await)?;
    no("nothing", world.change(&said(&model, &[])).await)?;
    stands(&world, &model, &wanted).await?;
    let [other, _] = others;
    yes("one of two", world.change(&said(&model, &[new.clone(), other])).await)?;
    wanted.version += 1;
    wanted.unsaid = vec![old.clone()];
    stands(&world, &model, &wanted).await?;
    no("the same again", world.change(&said(&model, &[new])).await)?;
    yes("the last", world.change(&said(&model, &[old])).await)?;
    wanted.version += 1;
    wanted.unsaid = Vec::new();
    stands(&world, &model, &wanted).await
}

/// A turn that announces must not take the start of another one from it.
pub(super) async fn alone<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "news-alone").await?;
    yes("what was announced", world.change(&said(&model, &before.unsaid)).await)?;
    ran(stage, &model, &run(&model, 1)).await?;
    yes("a take-over of one's own", world.change(&claim(&model, ME, LEASE.seconds())).await)?;
    no("an intent on the version before", world.intend(&intent(&model, before.version, 2)).await)?;
    yes("running", world.change(&settle_after(&model, ME, LEASE.seconds(), as_running())).await)
}
