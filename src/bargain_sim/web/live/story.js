/* One of the negotiations: the first with the commonest ending, or the one that is chosen. */

let sampleNow = null;

function drawStory() {
  const sample = sampleNow;
  const typical = seenNow && sample.run === seenNow.typical;
  const ending = DATA.endings.find((each) => each.id === sample.outcome);
  byId("story-which").textContent = `Run ${sample.run} (of 0 to ${amount(DATA.runs - 1)}), with the luck of seed ${STATE.seed}; it ends in ${named(ending)}`
    + (typical ? ", the commonest ending." : ".");
  if (document.activeElement !== byId("run")) byId("run").value = sample.run;
  byId("earlier").disabled = sample.run <= 0;
  byId("next").disabled = sample.run >= DATA.runs - 1;
  byId("typical").disabled = STATE.run === null;
  drawTold(sample);
}

function sampleOf(answer) {
  const told = [];
  for (let k = 0; k < answer.lines.length; k += 4) {
    const [kind, day, who, what] = answer.lines.slice(k, k + 4);
    told.push({ kind, day, who, what });
  }
  return { ...answer, told, trust: bytes(answer.trust), modes: bytes(answer.modes) };
}

function choose(run) {
  STATE.run = run === null ? null : Math.min(DATA.runs - 1, Math.max(0, run));
  tellSoon(0);
  settleSoon();
}

byId("earlier").addEventListener("click", () => choose(sampleNow.run - 1));
byId("next").addEventListener("click", () => choose(sampleNow.run + 1));
byId("typical").addEventListener("click", () => choose(null));
byId("run").addEventListener("input", () => { if (/^\d{1,9}$/.test(byId("run").value)) choose(Number(byId("run").value)); });
byId("run").addEventListener("change", () => { if (sampleNow) byId("run").value = STATE.run === null ? sampleNow.run : STATE.run; });
