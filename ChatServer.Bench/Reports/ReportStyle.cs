namespace ChatServer.Bench.Reports;

/// <summary>The page's style sheet. Paper is always light; lines differ by their dashes too, so colour is not needed to tell them apart.</summary>
internal static class ReportStyle
{
    // No character that XML would have to escape: a browser takes the text of a style element as it stands.
    public const string Text = """

        :root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2024; --soft: #5f6a75; --rule: #d9dee3; --faint: #f4f6f8; --good: #10693a; --good-paper: #e5f5ec; --bad: #b3121d; --bad-paper: #fdeaea; --own: #0b62d6; --peer: #7b8794; --s0: #0b62d6; --s1: #c2410c; --s2: #0f7b52; --s3: #7c3aed; --s4: #a16207; --s5: #be185d; }
        @media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e6e9ec; --soft: #9aa5b1; --rule: #343b43; --faint: #1e2328; --good: #6bd49a; --good-paper: #12301f; --bad: #ff8f8f; --bad-paper: #3d1719; --own: #6cabff; --peer: #8b97a3; --s0: #6cabff; --s1: #ff9d66; --s2: #55d6a0; --s3: #bb9bff; --s4: #e8c04f; --s5: #ff8ac0; } }
        @media print { :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb; --faint: #ffffff; --good: #10693a; --good-paper: #ffffff; --bad: #b3121d; --bad-paper: #ffffff; --own: #0b62d6; --peer: #666666; --s0: #0b62d6; --s1: #c2410c; --s2: #0f7b52; --s3: #7c3aed; --s4: #a16207; --s5: #be185d; } }
        * { box-sizing: border-box; }
        html { background: var(--paper); color: var(--ink); }
        body { max-width: 76rem; margin: 0 auto; padding: 1.5rem; font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
        h2 { font-size: 1.25rem; margin: 2.6rem 0 .3rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
        h3 { font-size: 1rem; margin: 0 0 .3rem; }
        p { margin: .4rem 0; max-width: 60rem; }
        a { color: var(--own); }
        .facts, figcaption, dt, .card span, small { color: var(--soft); }
        .verdict { padding: .6rem .9rem; border-radius: .4rem; border-left: .3rem solid; max-width: none; font-weight: 600; overflow-wrap: anywhere; }
        .good { color: var(--good); }
        .bad { color: var(--bad); }
        .verdict.good { background: var(--good-paper); }
        .verdict.bad { background: var(--bad-paper); }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .7rem; margin: 1rem 0; }
        .card { background: var(--faint); border: 1px solid var(--rule); border-radius: .4rem; padding: .6rem .8rem; }
        .card b { display: block; font-size: 1.45rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .card b small { font-size: .85rem; font-weight: 400; }
        .card span { font-size: .85rem; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1.6rem 2rem; margin: 1.4rem 0; align-items: start; }
        figure { margin: 0; max-width: 44rem; }
        figcaption { font-size: .85rem; line-height: 1.4; margin-top: .2rem; }
        svg.plot { display: block; width: 100%; height: auto; font-family: inherit; font-size: 12.5px; }
        svg text { fill: var(--soft); }
        svg text.title, svg text.name { fill: var(--ink); }
        svg .grid { stroke: var(--rule); stroke-width: 1; }
        svg .axis { stroke: var(--soft); stroke-width: 1.2; fill: none; }
        svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        svg .dot { stroke: none; }
        svg .line.s0 { stroke: var(--s0); } svg .line.s1 { stroke: var(--s1); stroke-dasharray: 7 4; } svg .line.s2 { stroke: var(--s2); stroke-dasharray: 2 4; } svg .line.s3 { stroke: var(--s3); stroke-dasharray: 10 3 2 3; } svg .line.s4 { stroke: var(--s4); stroke-dasharray: 14 4; } svg .line.s5 { stroke: var(--s5); stroke-dasharray: 4 2; }
        svg .dot.s0 { fill: var(--s0); } svg .dot.s1 { fill: var(--s1); } svg .dot.s2 { fill: var(--s2); } svg .dot.s3 { fill: var(--s3); } svg .dot.s4 { fill: var(--s4); } svg .dot.s5 { fill: var(--s5); }
        svg .reach { stroke-width: 2; } svg .reach.own { stroke: var(--own); } svg .reach.peer { stroke: var(--rule); }
        svg .value.own { fill: var(--own); } svg .value.peer { fill: var(--peer); }
        svg text.own { font-weight: 700; fill: var(--own); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .88rem; margin: .8rem 0; }
        th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--rule); }
        th { vertical-align: bottom; font-weight: 600; line-height: 1.25; }
        th small, td small { display: block; font-weight: 400; max-width: 24rem; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        th.number { white-space: normal; min-width: 4.5rem; }
        td.run { min-width: 15rem; }
        tr.own td { font-weight: 600; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; font-size: .85rem; margin: 1rem 0; }
        dd { margin: 0; overflow-wrap: anywhere; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
        details { font-size: .88rem; }
        summary { cursor: pointer; color: var(--own); }
        footer { margin-bottom: 2rem; }
        @page { margin: 12mm; }
        @media print { html { font-size: 9pt; } body { max-width: none; padding: 0; font-size: 1rem; } figure, .card, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } h2 { margin-top: 1.2rem; } .plots { grid-template-columns: 1fr 1fr; gap: 1rem; } .cards { grid-template-columns: repeat(4, 1fr); } .scroll { overflow: visible; } table { font-size: 7.5pt; } td.run { min-width: 8rem; } th.number { min-width: 0; } summary { display: none; } }

        """;
}
