//! What a loader says of the disk around stores, before and beside the open one.

use std::path::Path;
use std::sync::Arc;

use super::loader::Loader;
use super::probe::{Probe, ProbeResult};
use super::slot::Slot;
use crate::store::nearby::{FolderName, Nearby, NearbyStores};

impl Loader {
    /// What lies at a path.
    pub fn look_at(&mut self, path: &Path) -> Slot<Nearby> {
        self.probe.want(Probe::At(path.to_owned()), |result| match result {
            ProbeResult::Nearby(nearby) => Some(Arc::clone(nearby)),
            _ => None,
        })
    }

    /// The stores in a folder.
    pub fn stores_in(&mut self, folder: &Path) -> Slot<NearbyStores> {
        self.probe.want(Probe::StoresIn(folder.to_owned()), |result| match result {
            ProbeResult::Stores(stores) => Some(Arc::clone(stores)),
            _ => None,
        })
    }

    /// The names in a folder that a typed path may go on with.
    pub fn names_in(&mut self, folder: &Path) -> Slot<Vec<FolderName>> {
        self.probe.want(Probe::NamesIn(folder.to_owned()), |result| match result {
            ProbeResult::Names(names) => Some(Arc::clone(names)),
            _ => None,
        })
    }
}
