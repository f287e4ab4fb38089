//! Something could not be read or opened: why, and what to do. Here an error becomes text.

use egui::Ui;

use super::command::Command;
use super::scene::Scene;
use crate::loader::{Failure, Remedy, StoreLocation};
use crate::state::Action;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::tokens::size;

/// The button of a notice and what it does.
type Offer = (&'static str, Action);

/// What is offered where a part of an open store could not be read; nothing where nothing would help.
fn offer(failure: &Failure, open: Option<&StoreLocation>) -> Option<Offer> {
    let again = ("Read again", Action::Refresh);
    match (failure, failure.remedy()) {
        (Failure::Lost, _) => open.map(|location| ("Open again", Action::OpenStore(location.clone()))),
        (_, Remedy::SignIn) => Some((Command::SignIn.text(), Action::AskToSignIn(true))),
        (_, Remedy::Retry | Remedy::OpenOther) => Some(again),
        (_, Remedy::LocateArtifacts) => Some((Command::ArtifactsFolder.text(), Action::AskForArtifacts(true))),
        (_, Remedy::Nothing) => None,
    }
}

/// What is offered where a store could not be opened: the field for another one stands there already.
fn offer_opening(failure: &Failure, location: &StoreLocation) -> Option<Offer> {
    let again = || ("Try again", Action::OpenStore(location.clone()));
    match failure.remedy() {
        Remedy::Retry | Remedy::SignIn => Some(again()),
        Remedy::LocateArtifacts | Remedy::OpenOther | Remedy::Nothing => None,
    }
}

/// Something could not be read: what, why, and what to do.
pub(super) fn failed_ui(ui: &mut Ui, scene: &mut Scene<'_>, what: &str, failure: &Failure) {
    let title = format!("{what} could not be read");
    let offer = offer(failure, scene.state.store());
    notice_ui(ui, scene, (&title, &title), failure, offer);
    ui.add_space(size::GAP_S);
}

/// A store could not be opened.
pub(super) fn not_opened_ui(ui: &mut Ui, scene: &mut Scene<'_>, location: &StoreLocation, failure: &Failure) {
    let names = ("This store could not be opened", &*location.to_string());
    notice_ui(ui, scene, names, failure, offer_opening(failure, location));
}

/// `copied`: what stands before the failure in the clipboard.
fn notice_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    (title, copied): (&str, &str),
    failure: &Failure,
    offer: Option<Offer>,
) {
    let needs_sign_in = failure.remedy() == Remedy::SignIn;
    let failure = failure.to_string();
    let label = offer.as_ref().map_or("", |(label, _)| label);
    // Nothing is broken where a server only wants to know who asks.
    let notice = match needs_sign_in {
        true => Notice::warning(title).advice(&failure).with_details(),
        false => Notice::failed(title, &failure, ""),
    };
    match (notice.action(label).show(ui), offer) {
        (NoticeEvent::CopyDetails, _) => scene.act(Action::Copy(format!("{copied}: {failure}"))),
        (NoticeEvent::Action, Some((_, action))) => scene.act(action),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Refusal, StoreError};

    #[test]
    fn what_would_help_is_offered_and_nothing_else() {
        let place = || StoreLocation::from("http://me:pw1@host");
        let network = || StoreError::Network { place: place(), message: "connection refused".to_owned() };
        let refused = || StoreError::Refused { place: place(), refusal: Refusal::Unknown };
        let artifact = || StoreError::Artifact { path: "/a/x".into(), source: std::io::Error::other("no") };
        let unsupported = || StoreError::Unsupported { place: place(), what: "spans", why: "old".to_owned() };
        let panic = || Failure::Panic { doing: "reading", message: None };
        let label = |offer: Option<Offer>| offer.map(|(label, _)| label);
        for (failure, reading, opening) in [
            (network().into(), Some("Read again"), Some("Try again")),
            (StoreError::Busy("/a.db".into()).into(), Some("Read again"), Some("Try again")),
            (refused().into(), Some(Command::SignIn.text()), Some("Try again")),
            (artifact().into(), Some(Command::ArtifactsFolder.text()), None),
            (unsupported().into(), None, None),
            (StoreError::Missing("/a.db".into()).into(), Some("Read again"), None),
            (panic(), Some("Read again"), Some("Try again")),
            (Failure::Stuck { waited_s: 60 }, Some("Read again"), Some("Try again")),
            (Failure::Lost, Some("Open again"), None),
        ] {
            let told = (label(offer(&failure, Some(&place()))), label(offer_opening(&failure, &place())));
            assert_eq!(told, (reading, opening), "{failure}");
        }
        let Some((_, Action::OpenStore(again))) = offer(&Failure::Lost, Some(&place())) else { panic!("not opened") };
        assert_eq!(again, place(), "with the credentials that it was opened with");
    }
}
