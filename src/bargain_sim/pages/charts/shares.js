/* Shares of endings as a table of bars, and all of them as one strip. */

const SHARE_ROWS = DATA.endings.map((ending) => {
  const bar = svg("svg", { class: "bar", height: 22, width: "100%", "aria-hidden": "true", focusable: "false" });
  const fill = svg("rect", { x: 0, y: 2, height: 13, rx: 1.5, fill: ending.fill, class: "fill" });
  const line = svg("line", { y1: 8.5, y2: 8.5, class: "whisker" });
  const [low, high] = [0, 1].map(() => svg("line", { y1: 5, y2: 12, class: "whisker" }));
  const pin = svg("rect", { y: 17, height: 3.5, class: "pin-mark", x: 0 });
  bar.append(svg("rect", { x: 0, y: 2, height: 13, width: "100%", class: "track" }), fill, line, low, high, pin);
  const cells = { share: cell(""), range: cell(""), pinned: cell("", "number pinned-only"), change: cell("", "number pinned-only") };
  const name = head(ending.label);
  const row = html("tr", { hidden: !ending.there }, name, html("td", { className: "bar-cell" }, bar), ...Object.values(cells));
  byId("shares").append(row);
  return { row, fill, line, low, high, pin, ...cells };
});

(() => {
  const never = DATA.endings.filter((each) => !each.there).map((each) => lower(each.label));
  byId("never").textContent = never.length ? `Nowhere in this sweep: ${joined(never)}.` : "";
})();

const wide = (share) => `${100 * share}%`;

/* `changes` holds, for each ending, how its share differs from the pinned one by paired runs (difference, low,
   high); without it the two shares are compared by their own intervals. */
function drawShares(seen, pinned, changes = null) {
  seen.endings.forEach((each, k) => {
    const row = SHARE_ROWS[k];
    const share = seen.empty ? 0 : each.share;
    row.fill.setAttribute("width", wide(share));
    row.share.textContent = seen.empty ? "–" : percent(share);
    row.range.textContent = seen.empty ? "–" : bounds(each.interval);
    const [from, to] = each.interval || [share, share];
    for (const [line, at1, at2] of [[row.line, from, to], [row.low, from, from], [row.high, to, to]]) {
      line.setAttribute("x1", wide(at1));
      line.setAttribute("x2", wide(at2));
      line.setAttribute("visibility", each.interval ? "visible" : "hidden");
    }
    const before = pinned && !pinned.empty ? pinned.endings[k] : null;
    row.pin.setAttribute("width", before ? wide(before.share) : 0);
    if (!before || seen.empty) { row.pinned.textContent = "–"; row.change.textContent = "–"; return; }
    row.pinned.textContent = percent(before.share);
    row.change.textContent = changes ? spread(changes[k]) : signed(Math.round(100 * (share - before.share)));
    row.change.classList.toggle("clear", changes ? sure(changes[k]) : apart(each.interval, before.interval));
  });
}

/* All shares as one bar, and the largest in words: what stays in sight on a phone.  The table says the
   same to screen readers. */
function drawStrip(seen) {
  const strip = byId("strip");
  strip.replaceChildren();
  let at = 0;
  for (const each of seen.empty ? [] : seen.endings) {
    strip.append(svg("rect", { x: wide(at), width: wide(each.share), height: 18, fill: each.ending.fill }));
    at += each.share;
    if (each.share > 0 && at < 0.999) strip.append(svg("rect", { x: wide(at), width: 1.5, height: 18, class: "gap" }));
  }
  const most = seen.endings.filter((each) => each.share >= 0.005).sort((a, b) => b.share - a.share).slice(0, 3);
  byId("brief").textContent = seen.empty ? "no run is like this"
    : `${seen.few ? "few here · " : ""}${most.map((each) => `${each.ending.label} ${percent(each.share)}`).join(" · ")}`;
}
