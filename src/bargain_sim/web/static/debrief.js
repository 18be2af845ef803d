/* The debrief as a page: from the server as far as it is revealed, or from the file itself. */

const where = byId("where");

function showDebrief(data) {
  byId("title").textContent = `Debrief: ${data.room.title}`;
  byId("lede").textContent = `Room ${data.room.code}. ${data.note}`;
  byId("wait").hidden = true;
  const shown = where ? data.reveal : STEPS.length;
  const all = Boolean(data.pairs) && data.pairs.length > 0;
  const own = all ? data.pairs.find((pair) => pair.pair === data.yours) : null;
  if (!all) {
    for (const id of ["own", "class"]) byId(id).replaceChildren(); /* the teacher may have gone back to the start */
    byId("wait").hidden = false;
    byId("wait").textContent = "Nothing is revealed yet. This page fills as the teacher goes on.";
    return;
  }
  const teacher = data.yours === null || data.yours === undefined;
  byId("class").replaceChildren(html("h2", { className: "part", textContent: "The class" }), ...classDebrief(data, teacher ? STEPS.length : shown));
  if (!teacher) { showPair(own); return; }
  const pick = byId("pair");
  byId("choose").hidden = false;
  const chosen = pick.value;
  pick.replaceChildren(...data.pairs.map((pair) => html("option", { value: String(pair.pair), textContent: `${pair.pair}: ${whoWas(pair)}` })));
  if (chosen) pick.value = chosen;
  pick.onchange = () => showPair(data.pairs.find((pair) => String(pair.pair) === pick.value));
  pick.onchange();
}

function showPair(pair) {
  if (!pair) { byId("own").replaceChildren(); return; }
  byId("own").replaceChildren(html("h2", { className: "part", textContent: `${pairName(pair)}: ${whoWas(pair)}` }), ...pairDebrief(pair.debrief));
}

/* Asked for again and again: what is new comes whole, and else the server says in a word that nothing is. */
async function fetchDebrief(tag) {
  let again = 5;
  try {
    const answer = await fetch(`/api/debrief/${where.dataset.code}`, { credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.ok) {
      showDebrief(await answer.json());
      tag = answer.headers.get("ETag");
    } else if (answer.status !== 304) {
      const { error } = await answer.json().catch(() => ({}));
      byId("wait").hidden = false;
      byId("wait").textContent = error && error.problem ? `${error.problem}. ${error.remedy}` : "The server does not answer.";
      if (answer.status === 409) again = 1;
      else if (answer.status < 500 && answer.status !== 429) return;
    }
  } catch {
    again = 10;
  }
  setTimeout(() => fetchDebrief(tag), 1000 * again);
}

if (where) fetchDebrief("");
else showDebrief(JSON.parse(byId("data").textContent));
