//! The matrix of examples at every size: no figure is cut, and what tells examples apart stays on screen.

use crate::common::settle;
use crate::examples::{GRADED, PLAIN, tab};
use crate::painted::cut_texts;
use dspyglass::words::is_figure;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

const SIZES: [[f32; 2]; 4] = [[1600.0, 1000.0], [1100.0, 700.0], [800.0, 600.0], [640.0, 480.0]];

#[test]
fn small_windows_keep_what_tells_examples_apart() {
    for store in [PLAIN, GRADED] {
        let mut harness = tab(store);
        for size in SIZES {
            harness.set_size(size.into());
            for _ in 0..4 {
                harness.step();
            }
            settle(&mut harness);
            let cut: Vec<String> = cut_texts(&harness.output().shapes)
                .into_iter()
                .map(|cut| cut.text)
                .filter(|text| is_figure(text))
                .collect();
            assert!(cut.is_empty(), "{store:?} at {size:?}: {cut:?}");
            let head = |title: &str| harness.query_by_role_and_label(Role::ColumnHeader, title).map(|head| head.rect());
            let text = head("Example").expect("the examples stay");
            assert!(text.width() >= 80.0, "{store:?} at {size:?}: {text:?}");
            let value = head("Expected").or(head("topic")).expect("what is expected stays");
            assert!(value.width() >= 60.0, "{store:?} at {size:?}: {value:?}");
            let cells = harness.query_all_by_role(Role::Cell).filter(|cell| {
                let column = cell.accesskit_node().data().column_index();
                column.is_some_and(|column| column > 2) && cell.rect().width() > 30.0
            });
            assert!(cells.count() > 2, "{store:?} at {size:?}: cells are seen");
        }
    }
}
