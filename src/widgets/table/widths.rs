//! How wide the columns are: what their contents need comes first, an ellipsis only where there is no room left.

use super::COLUMN_LEAST;

/// What one column asks for, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wish {
    /// As the user set it.
    pub set: Option<f32>,
    /// As the column says.
    pub preferred: f32,
    /// What its title and its contents need to be seen whole, as far as they were seen.
    pub need: f32,
    /// The same without the notes behind the texts.
    pub bare: f32,
    /// What its figures need, which are never cut.
    pub figures: f32,
    /// Whether it takes what the others leave.
    pub grows: bool,
    /// In which order columns are given up where there is no room: the largest first; 0 is not.
    pub minor: u8,
}

/// A text that needs more gets no more before the growing columns have what they need.
const TEXT_MOST: f32 = 320.0;
/// The part of the table that a growing column has before others are wider than they need.
const GROWING_SHARE: f32 = 0.3;

/// The part of its least width that a growing column keeps before the table is scrolled to the side.
const SQUEEZED: f32 = 0.6;

impl Wish {
    /// Narrower it is not, as long as it is shown.
    fn least(&self) -> f32 {
        let least = self.set.unwrap_or_else(|| self.need.min(self.preferred));
        least.max(self.figures).max(COLUMN_LEAST)
    }

    /// Still narrower, before the table is scrolled to the side: texts that grow are cut anyhow, and notes are left
    /// out.
    fn squeezed(&self) -> f32 {
        let least = match (self.set, self.grows) {
            (Some(_), _) => return self.least(),
            (None, true) => self.least() * SQUEEZED,
            (None, false) => self.least().min(self.bare),
        };
        least.max(self.figures).max(COLUMN_LEAST)
    }

    /// Its width where the table is scrolled to the side.
    fn comfortable(&self) -> f32 {
        if self.set.is_some() { self.least() } else { self.least().max(self.preferred).max(self.need.min(TEXT_MOST)) }
    }
}

/// The width of each column in a table `available` wide; 0 where a minor one was given up. The sum is larger only if
/// even the least widths are.
pub(super) fn share(wishes: &[Wish], available: f32) -> Vec<f32> {
    let mut is_shown = vec![true; wishes.len()];
    loop {
        let shown = || wishes.iter().zip(&is_shown).filter(|(_, is_shown)| **is_shown).map(|(wish, _)| wish);
        if shown().map(Wish::least).sum::<f32>() <= available {
            break;
        }
        let minor = wishes.iter().enumerate().filter(|(at, wish)| is_shown[*at] && wish.minor > 0);
        let Some((least, _)) = minor.max_by_key(|(at, wish)| (wish.minor, *at)) else { break };
        is_shown[least] = false;
    }
    let of = |width: fn(&Wish) -> f32| -> Vec<f32> {
        let shown = wishes.iter().zip(&is_shown);
        shown.map(|(wish, is_shown)| if *is_shown { width(wish) } else { 0.0 }).collect()
    };
    let fits = |widths: &Vec<f32>| widths.iter().sum::<f32>() <= available;
    let Some(mut widths) = [of(Wish::least), of(Wish::squeezed)].into_iter().find(fits) else {
        return of(Wish::comfortable);
    };
    let mut rest = available - widths.iter().sum::<f32>();
    let mut fill = |grows: bool, target: &dyn Fn(&Wish) -> f32| {
        let is_open = |at: usize, width: f32| {
            let wish = &wishes[at];
            is_shown[at] && wish.set.is_none() && wish.grows == grows && target(wish) > width + 0.5
        };
        loop {
            let open: Vec<usize> = (0..widths.len()).filter(|at| is_open(*at, widths[*at])).collect();
            if open.is_empty() || rest < 0.5 {
                break;
            }
            let each = rest / open.len() as f32;
            for at in open {
                let more = (target(&wishes[at]) - widths[at]).min(each);
                widths[at] += more;
                rest -= more;
            }
        }
    };
    let share = available * GROWING_SHARE;
    fill(false, &|wish| wish.need.min(TEXT_MOST));
    fill(true, &|wish| wish.need.min(share));
    if !is_shown.contains(&false) {
        // Looser than it has to be, unless something was given up for want of room.
        fill(false, &|wish| wish.preferred.max(wish.need.min(TEXT_MOST)));
    }
    fill(true, &|wish| wish.need);
    fill(false, &|wish| wish.need);
    fill(true, &|_| f32::INFINITY);
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(preferred: f32, need: f32) -> Wish {
        Wish { preferred, need, bare: need, ..Wish::default() }
    }

    fn growing(preferred: f32, need: f32) -> Wish {
        Wish { grows: true, ..text(preferred, need) }
    }

    fn number(preferred: f32, need: f32) -> Wish {
        Wish { figures: need, ..text(preferred, need) }
    }

    fn minor(minor: u8, wish: Wish) -> Wish {
        Wish { minor, ..wish }
    }

    fn rounded(wishes: &[Wish], available: f32) -> Vec<i32> {
        share(wishes, available).into_iter().map(|width| width.round() as i32).collect()
    }

    #[test]
    fn contents_come_before_what_columns_prefer() {
        let wishes = [text(84.0, 130.0), number(66.0, 90.0), growing(120.0, 900.0)];
        assert_eq!(rounded(&wishes, 1_000.0), [130, 90, 780], "what grows can spare it");
        assert_eq!(rounded(&wishes, 340.0), [130, 90, 120]);
        // Where there is too little, texts are cut to what their columns say, figures never.
        assert_eq!(rounded(&wishes, 300.0), [90, 90, 120]);
        assert_eq!(rounded(&wishes, 270.0), [108, 90, 72]);
        assert_eq!(rounded(&wishes, 100.0), [130, 90, 320], "and then it is scrolled to the side");
        assert_eq!(rounded(&[text(150.0, 60.0), growing(100.0, 90.0)], 200.0), [110, 90]);
        assert_eq!(rounded(&[text(150.0, 60.0), growing(100.0, 90.0)], 300.0), [150, 150]);
        assert_eq!(rounded(&[text(150.0, 60.0), text(100.0, 90.0)], 900.0), [150, 100], "none is stretched");
    }

    #[test]
    fn minor_columns_are_given_up_in_their_order() {
        let wishes =
            [minor(1, text(134.0, 108.0)), text(190.0, 146.0), minor(2, number(56.0, 52.0)), growing(110.0, 700.0)];
        assert_eq!(rounded(&wishes, 420.0), [108, 146, 52, 114]);
        assert_eq!(rounded(&wishes, 400.0), [108, 146, 0, 146]);
        assert_eq!(rounded(&wishes, 300.0), [0, 146, 0, 154]);
        assert_eq!(rounded(&wishes, 230.0), [0, 146, 0, 84]);
        assert_eq!(rounded(&wishes, 100.0), [0, 190, 0, 320]);
    }

    #[test]
    fn what_was_set_holds_as_far_as_figures_allow() {
        let set = |to: f32, wish: Wish| Wish { set: Some(to), ..wish };
        assert_eq!(rounded(&[set(40.0, number(66.0, 90.0)), growing(120.0, 500.0)], 400.0), [90, 310]);
        assert_eq!(rounded(&[set(200.0, text(66.0, 90.0)), growing(120.0, 500.0)], 400.0), [200, 200]);
        assert_eq!(rounded(&[set(1.0, growing(120.0, 500.0)), text(50.0, 90.0)], 400.0), [36, 90]);
    }

    #[test]
    fn notes_are_left_out_before_it_is_scrolled() {
        let wishes = [Wish { bare: 70.0, ..text(150.0, 150.0) }, number(60.0, 60.0), growing(100.0, 500.0)];
        assert_eq!(rounded(&wishes, 310.0), [150, 60, 100]);
        assert_eq!(rounded(&wishes, 240.0), [120, 60, 60]);
    }

    #[test]
    fn a_long_text_leaves_the_growing_column_its_share() {
        let wishes = [text(84.0, 1_300.0), growing(120.0, 1_300.0)];
        assert_eq!(rounded(&wishes, 700.0), [320, 380]);
        assert_eq!(rounded(&wishes, 2_000.0), [700, 1_300]);
        assert!(share(&[], 500.0).is_empty());
    }
}
