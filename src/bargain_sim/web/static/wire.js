/* The line to the server: kept open, opened again when it breaks, and said when it is not there. */

const GONE = { 4401: "no seat", 4403: "no key", 4404: "no room", 4408: "elsewhere", 4410: "removed" };
const PAUSES = [1, 2, 4, 8, 15];

/* Calls `heard(message)` for each message, `lost()` at each break, and `ended(code, why)` once there is
   nothing to come back to.  A line that has been given up is not listened to any more. */
function connect(path, heard, ended, lost = () => {}) {
  let socket = null, tries = 0, timer = 0, farewell = null;

  function open() {
    clearTimeout(timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const own = socket = new WebSocket(`${scheme}//${location.host}${path}`);
    own.addEventListener("message", (event) => {
      if (own !== socket) return;
      const message = JSON.parse(event.data);
      if (message.type === "closed") { farewell = message; return; }
      if (tries) showLine("back");
      tries = 0;
      heard(message);
    });
    own.addEventListener("close", (event) => {
      if (own !== socket) return;
      if (!GONE[event.code]) { broken(); return; }
      socket = null;
      showLine("");
      ended(event.code, farewell);
    });
  }

  function broken() {
    socket = null;
    const wait = PAUSES[Math.min(tries, PAUSES.length - 1)];
    tries += 1;
    showLine("lost");
    lost();
    timer = setTimeout(open, 1000 * wait);
  }

  const hurry = () => { if (!socket && tries) open(); };
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
  open();
  return {
    /* Whether it could be sent now. */
    send(message) {
      if (!socket || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    /* Give this line up for a new one: a browser may take minutes to see that nobody is at its other end. */
    renew() {
      if (!socket) return;
      socket.close();
      broken();
    },
  };
}

let backAgain = 0;

function showLine(state) {
  const banner = byId("line");
  clearTimeout(backAgain);
  banner.dataset.state = state;
  banner.textContent = state === "lost" ? "The connection is lost. Trying again; your seat and your moves are kept."
    : state === "back" ? "Connected again." : "";
  if (state === "back") backAgain = setTimeout(() => showLine(""), 4000);
}

/* Ask the server for something; throws its own words where it refuses. */
async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const options = { method, credentials: "same-origin" };
  if (typeof body === "string") Object.assign(options, { body, headers: { "Content-Type": "text/csv" } });
  else if (body !== undefined) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer. Is the connection lost?");
  }
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  throw Object.assign(new Error(found.error ? refusalWords(found.error) : `The server answers ${answer.status}.`), { code: found.error ? found.error.code : "" });
}

/* What was refused, and what helps, as sentences. */
function refusalWords({ problem, remedy }) {
  return [problem, remedy].filter(Boolean).map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.]$/, "")}.`).join(" ");
}
