"use strict";
/* What the page knows: the endings from the start, the scenario that is explored as the server tells it. */

const DATA = {
  endings: JSON.parse(document.getElementById("endings").textContent),
  scenario: "", sides: [], sideIds: [], turns: 1, turnDays: 1, startDate: "2000-01-01", settings: [], byPath: new Map(),
  exact: true, runs: 0,
};
const NEVER = 65535; /* as a deal's turn: no package was agreed */
const GRAIN = 65535; /* utilities come in so many steps */
const FIRST = "baseline";
const CLIENT = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const words = (text) => new Uint16Array(bytes(text).buffer);

/* Something the server refused, in its own words; `again` where asking later may help. */
class Refusal extends Error {
  constructor(status, { code, problem, remedy }) {
    super(remedy ? `${problem}. ${remedy}${/[.?]$/.test(remedy) ? "" : "."}` : `${problem}.`);
    this.code = code;
    this.again = status === 429 || status >= 500 || code === "superseded";
  }
}

async function ask(address, body) {
  const post = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ client: CLIENT, ...body }) };
  const answer = await fetch(address, { ...post, cache: "no-store", credentials: "same-origin" });
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, error || { code: "", problem: `The server answered ${answer.status}`, remedy: "" });
}

const PACE = 50; /* milliseconds: nobody sees more than twenty pictures a second */

/* Only the newest wish counts: one is being asked at a time, and when it is answered the newest one next. */
class Newest {
  constructor(work, failed) {
    this.work = work;
    this.failed = failed;
    this.wish = null;
    this.busy = false;
    this.tries = 0;
  }

  async want(wish) {
    this.wish = wish;
    if (this.busy) return;
    this.busy = true;
    while (this.wish !== null) {
      const asked = this.wish;
      const pace = new Promise((done) => setTimeout(done, PACE));
      this.wish = null;
      try {
        await this.work(asked);
        await pace;
        this.tries = 0;
      } catch (error) {
        const again = !(error instanceof Refusal) || error.again;
        if (again && this.wish === null) this.wish = asked;
        this.failed(error, again);
        if (again) await new Promise((done) => setTimeout(done, Math.min(8000, 400 * 2 ** this.tries++)));
      }
    }
    this.busy = false;
  }
}
