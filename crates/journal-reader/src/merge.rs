//! Whose turn it is: a tournament of the files' next entries. After each entry only the games of
//! one file are played again, so a hundred files cost seven comparisons an entry, not a hundred.
//!
//! The order of entries is not transitive in odd data, so nothing is sorted: entries only meet head
//! to head.

/// A tournament of players that are known by number.
#[derive(Debug, Default)]
pub(crate) struct Tournament {
    /// A binary tree: the winner at 1, the two games below game `g` at `2g` and `2g + 1`, the
    /// players at the leaves.
    winners: Vec<usize>,
    leaves: usize,
}

impl Tournament {
    /// Plays all games among `players`. `beats(a, b)`: whether a comes before b.
    pub(crate) fn new(players: usize, beats: impl Fn(usize, usize) -> bool) -> Tournament {
        let leaves = players.next_power_of_two();
        let mut winners = vec![0; leaves * 2];
        for (player, leaf) in winners[leaves..].iter_mut().enumerate() {
            // Those beyond the last player never win: `beats` of their number is false.
            *leaf = player;
        }
        for game in (1..leaves).rev() {
            let (a, b) = (winners[2 * game], winners[2 * game + 1]);
            winners[game] = if beats(b, a) { b } else { a };
        }
        Tournament { winners, leaves }
    }

    /// Who comes first.
    pub(crate) fn winner(&self) -> usize {
        self.winners[1]
    }

    /// Plays the games of one player again.
    pub(crate) fn replay(&mut self, player: usize, beats: impl Fn(usize, usize) -> bool) {
        let mut game = (self.leaves + player) / 2;
        while game > 0 {
            let (a, b) = (self.winners[2 * game], self.winners[2 * game + 1]);
            self.winners[game] = if beats(b, a) { b } else { a };
            game /= 2;
        }
    }
}
