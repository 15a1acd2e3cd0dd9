//! What a scene of the demonstration plays with: the people, the documents, the instants of the past.

use privacy::purpose::Operate;
use privacy::{Actor, Ctx, Purpose};
use time::Duration;

use super::roster::PEOPLE;
use crate::account::{Documents, Shown, Viewer};
use crate::market::catalogue::Catalogue;
use crate::{App, Failure, job};

/// Everything that a scene needs.
#[derive(Clone, Copy)]
pub(super) struct Cast<'a> {
    pub app: &'a App,
    pub base: &'a Ctx<Operate>,
    pub documents: &'a Documents,
    pub catalogue: &'a Catalogue,
    pub viewers: &'a [Viewer],
}

impl<'a> Cast<'a> {
    /// Somebody by their account name.
    pub(super) fn of(&self, name: &str) -> Result<&'a Viewer, Failure> {
        let mut people = PEOPLE.iter().zip(self.viewers);
        let known = people.find(|(person, _)| person.name == name);
        known.map(|(_, viewer)| viewer).ok_or(Failure::NotFound)
    }

    /// A person's own context, so long ago.
    pub(super) fn own<P: Purpose>(&self, viewer: &Viewer, ago: Duration) -> Ctx<P> {
        let actor = Actor::Person {
            account: viewer.account,
            subject: viewer.subject,
        };
        self.as_actor(actor, ago)
    }

    /// The program's context, so long ago.
    pub(super) fn program<P: Purpose>(&self, ago: Duration) -> Ctx<P> {
        self.as_actor(self.base.actor(), ago)
    }

    fn as_actor<P: Purpose>(&self, actor: Actor, ago: Duration) -> Ctx<P> {
        let then = self.app.clock.now() - ago;
        Ctx::new(actor, self.base.policy_version(), self.app.entropy.id(), then)
    }

    /// The texts as they are shown.
    pub(super) fn shown(&self) -> Shown<'a> {
        Shown {
            version: &self.documents.policy_version,
            lang: self.documents.lang,
            zh: true,
        }
    }

    /// Lets the worker's jobs be done that what was handed in waits for.
    pub(super) async fn work(&self) -> Result<(), Failure> {
        for _ in 0..10 {
            if job::run_ready(self.app, self.base.policy_version()).await?.done == 0 {
                break;
            }
        }
        Ok(())
    }
}
