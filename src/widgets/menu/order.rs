//! Which columns are shown, and in which order.

/// Shows `item` at the end if it is not shown, else takes it away. The last one stays: a table needs a column.
pub fn toggle(shown: &mut Vec<usize>, item: usize) {
    match shown.iter().position(|other| *other == item) {
        Some(_) if shown.len() == 1 => {}
        Some(at) => {
            shown.remove(at);
        }
        None => shown.push(item),
    }
}

/// Moves what stands at `from` so that it stands at `to`. Returns whether anything moved.
pub fn move_to(shown: &mut [usize], from: usize, to: usize) -> bool {
    let to = to.min(shown.len().saturating_sub(1));
    if from >= shown.len() || from == to {
        return false;
    }
    if from < to {
        shown[from..=to].rotate_left(1);
    } else {
        shown[to..=from].rotate_right(1);
    }
    true
}

/// Moves `item` by so many places, as far as there are places. Returns whether it moved.
pub fn move_by(shown: &mut [usize], item: usize, by: isize) -> bool {
    let Some(from) = shown.iter().position(|other| *other == item) else { return false };
    move_to(shown, from, from.saturating_add_signed(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_column_always_stays() {
        let mut shown = vec![4, 7];
        toggle(&mut shown, 4);
        toggle(&mut shown, 7);
        assert_eq!(shown, [7]);
        toggle(&mut shown, 1);
        assert_eq!(shown, [7, 1]);
    }

    #[test]
    fn moving_keeps_the_order_of_the_others() {
        let mut shown = vec![0, 1, 2, 3, 4];
        assert!(move_to(&mut shown, 1, 3));
        assert_eq!(shown, [0, 2, 3, 1, 4]);
        assert!(move_to(&mut shown, 3, 0));
        assert_eq!(shown, [1, 0, 2, 3, 4]);
        assert!(move_by(&mut shown, 4, -99));
        assert_eq!(shown, [4, 1, 0, 2, 3]);
        assert!(!move_by(&mut shown, 4, -1) && !move_by(&mut shown, 9, 1) && !move_to(&mut [], 0, 1));
        assert!(move_by(&mut shown, 4, 99));
        assert_eq!(shown, [1, 0, 2, 3, 4]);
    }
}
