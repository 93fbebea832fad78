//! Claims table: how does the textbook's table look, re-marked?

use maud::{Markup, html};

use crate::chart::sparkline::sparkline;
use crate::evidence::claims::{Claim, Decision, LedgerRow, Strength};
use crate::evidence::sides::Side;
use crate::evidence::verdict::Verdict;

/// The first page: what is said of either side, and beneath it what became of that.
pub(crate) fn table(rows: &[LedgerRow]) -> Markup {
    html! {
        p.meaning {
            "✓ supported or ✕ refuted: beyond what noise explains. ◐ depends: it holds in one case and not in another. \
             ? inconclusive: measured, and not decided by it. In brackets, and as thin lines: the interval that holds the \
             true value in 95 of 100 runs. Beside ratios, the upright line is no difference, and the grey band is how far \
             a server lies from itself, the noise."
        }
        table.ledger {
            thead {
                tr {
                    td {}
                    th scope="col" class="side stateless" { "Stateless: the textbook, re-marked" }
                    th scope="col" class="side stateful" { "Stateful: the textbook, re-marked" }
                }
            }
            tbody { @for row in rows { (line(row)) } }
        }
    }
}

fn line(row: &LedgerRow) -> Markup {
    let sides = [(Side::Stateless, "stateless", row.stateless), (Side::Stateful, "stateful", row.stateful)];
    html! {
        tr {
            th scope="row" { (row.aspect) }
            @for (side, name, says) in sides {
                td.unsaid[says == "–"] {
                    p.says { i { (name) ": " } (says) }
                    @for claim in row.claims.iter().filter(|claim| claim.of == side) { (mark(claim)) }
                }
            }
        }
    }
}

fn mark(claim: &Claim) -> Markup {
    let name = claim.experiment.name();
    match &claim.decision {
        None => html! {
            div.mark { span.badge.waiting { "not measured" } p { (claim.says) " " small { (name) } } }
        },
        Some(Decision { verdict, effect, .. }) => html! {
            div.mark {
                (badge(*verdict))
                p { (claim.says) " " a href={ "#" (name) } { (name) } }
                @if let Some(effect) = effect { div.effect { (strength(effect)) } }
            }
        },
    }
}

/// What one experiment decided, and why: at the head of its chapter.
pub(crate) fn decided(claims: &[Claim]) -> Markup {
    html! {
        @for claim in claims {
            @if let Some(decision) = &claim.decision {
                div.decided {
                    (badge(decision.verdict))
                    p { b { (claim.says) ". " } (decision.because) }
                }
            }
        }
    }
}

/// A sign and a word beside the colour, for eyes and printers that have none.
fn badge(verdict: Verdict) -> Markup {
    let sign = match verdict {
        Verdict::Supported => "✓",
        Verdict::Refuted => "✕",
        Verdict::Depends => "◐",
        Verdict::Inconclusive => "?",
    };
    html! { span class={ "badge " (verdict) } { (sign) " " (verdict) } }
}

fn strength(strength: &Strength) -> Markup {
    html! {
        (sparkline(strength))
        @match strength {
            Strength::Ratio(effect) => span {
                b { (effect.ratio) } " " (effect.reads)
                @if let Some(band) = effect.band { small { ", noise " (band) } }
            },
            Strength::Share(share) => span { b { (share) } " " (share.reads) },
            Strength::Cases(cases) => span { (cases.reads) },
            Strength::Pair(pair) => span { (pair.reads) },
        }
    }
}
