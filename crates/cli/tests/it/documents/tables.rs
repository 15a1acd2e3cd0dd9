//! The machines that are told by their tables alone: diagram, states, events, every step.

use std::fmt::{Debug, Write as _};

use domain::machine::Machine;
use domain::{minor, org, person, supplier};

use super::{codes, head, row};

/// A value's identifier and name in both languages.
type Named<T> = (fn(T) -> &'static str, fn(T, bool) -> &'static str);

/// One machine. What a table cannot say, `besides` does.
fn section<S: Copy + Eq + Debug, E: Copy + Eq + Debug>(
    machine: &Machine<S, E>,
    (states, state): (&[S], Named<S>),
    (events, event): (&[E], Named<E>),
    besides: &str,
) -> String {
    let id = |all: &[S]| codes(all.iter().map(|one| (state.0)(*one)));
    let mut text = format!(
        "\n## {}\n\nBegins in {}; ends in {}. {besides}\n\n```mermaid\n{}```\n",
        machine.name,
        id(&[machine.initial]),
        id(machine.ends),
        machine.diagram(state.0, event.0)
    );
    text.push_str("\n### States\n\n");
    text.push_str(&head(&["state", "中文", "English"]));
    for one in states {
        text.push_str(&row(&[
            &id(&[*one]),
            (state.1)(*one, true),
            (state.1)(*one, false),
        ]));
    }
    text.push_str("\n### Events\n\n");
    text.push_str(&head(&["event", "中文", "English"]));
    for one in events {
        text.push_str(&row(&[
            &codes([(event.0)(*one)]),
            (event.1)(*one, true),
            (event.1)(*one, false),
        ]));
    }
    let _ = write!(text, "\n### Every step\n\nWhat is not here is refused.\n\n");
    text.push_str(&head(&["state", "event", "who", "to"]));
    for step in machine.rows {
        text.push_str(&row(&[
            &id(step.from),
            &codes([(event.0)(step.event)]),
            &codes(
                step.actors
                    .iter()
                    .copied()
                    .flatten()
                    .map(|role| format!("{role:?}")),
            ),
            &id(&[step.to]),
        ]));
    }
    text
}

/// Everything but the order.
pub fn sections() -> String {
    use org::verification as enterprise;
    use person::verification as natural;
    use supplier::{licence, onboarding};
    let mut text = section(
        &natural::MACHINE,
        (
            natural::State::ALL,
            (natural::State::as_str, natural::State::label),
        ),
        (
            natural::Event::ALL,
            (natural::Event::as_str, natural::Event::label),
        ),
        "The third failed check within 24 hours leads to `locked`, for 24 hours; a source that does not answer for a day is `source_down` and costs no try.",
    );
    text.push_str(&section(
        &enterprise::MACHINE,
        (
            enterprise::State::ALL,
            (enterprise::State::as_str, enterprise::State::label),
        ),
        (
            enterprise::Event::ALL,
            (enterprise::Event::as_str, enterprise::Event::label),
        ),
        "A proof lapses after seven days; three wrong amounts lock for a day; after a year the register is asked again.",
    ));
    text.push_str(&section(
        &onboarding::MACHINE,
        (
            onboarding::State::ALL,
            (onboarding::State::as_str, onboarding::State::label),
        ),
        (
            onboarding::Event::ALL,
            (onboarding::Event::as_str, onboarding::Event::label),
        ),
        "No deposit is asked for so far, so both signatures lead on to business at once. What was restricted before a suspension or a ban is restricted after it.",
    ));
    text.push_str(&section(
        &licence::MACHINE,
        (licence::State::ALL, (licence::State::as_str, licence::State::label)),
        (licence::Event::ALL, (licence::Event::as_str, licence::Event::label)),
        "A review takes three working days; `near_end` comes thirty days before the last day, `run_out` at midnight in Beijing after it. Notices go out thirty and seven days before and on the day.",
    ));
    text.push_str(&section(
        &minor::MACHINE,
        (
            minor::State::ALL,
            (minor::State::as_str, minor::State::label),
        ),
        (
            minor::Event::ALL,
            (minor::Event::as_str, minor::Event::label),
        ),
        "`expire` is taken by the clock seven days after a guardian was first named, or after the account was found to be a minor's; naming another number does not give more. In `refused`, `withdrawn` and `expired` everything of the minor goes.",
    ));
    text
}
