//! What the user said of the artifacts of the open store; kept with its other settings.

use std::path::PathBuf;

use super::fingerprint::fingerprint_of;
use super::{AppState, Effect};

impl AppState {
    /// It is opened anew, since that was decided when it was opened.
    pub(super) fn allow_outside(&mut self) -> Vec<Effect> {
        let Some(location) = self.store.clone() else { return Vec::new() };
        let name = fingerprint_of(&location);
        self.settings.store(&name).allow_outside = true;
        self.refuses_outside = true;
        vec![Effect::SaveSettings, Effect::AllowOutside(name), Effect::Open(location)]
    }

    /// The folder below which the user said that the artifacts of this store are.
    pub fn artifacts_folder(&self) -> Option<&str> {
        let name = fingerprint_of(self.store.as_ref()?);
        self.settings.stores.get(&name)?.artifacts_dir.as_deref()
    }

    /// It is opened anew, since artifacts are looked for where it was said at its opening.
    pub(super) fn name_artifacts(&mut self, folder: Option<PathBuf>) -> Vec<Effect> {
        self.asks_for_artifacts = false;
        let Some(location) = self.store.clone() else { return Vec::new() };
        let name = fingerprint_of(&location);
        self.settings.store(&name).artifacts_dir = folder.as_ref().map(|folder| folder.to_string_lossy().into_owned());
        vec![Effect::SaveSettings, Effect::NameArtifacts(name, folder), Effect::Open(location)]
    }
}
