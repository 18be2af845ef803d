/* The clock of a turn: seconds left, counted here between two messages. */

const SOON = 15;
let ticking = 0, warned = 0; /* the move before whose end it has been said */

/* `move` is the number of the student's next move. */
function showClock(clock, running, move) {
  clearInterval(ticking);
  byId("clock").hidden = !clock || !running;
  if (!clock || !running) return;
  const until = performance.now() + 1000 * clock.left;
  const tick = () => {
    const left = Math.max(0, Math.round((until - performance.now()) / 1000));
    const soon = clock.yours && left <= SOON;
    byId("clock").textContent = `${clock.yours ? "You have" : "They have"} ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
    byId("clock").classList.toggle("soon", soon);
    /* Who does not see the colour hears it, once. */
    if (!soon || !left || warned === move || clock.of <= SOON) return;
    warned = move;
    announce(`${plural(left, "second")} left.`);
  };
  tick();
  ticking = setInterval(tick, 1000);
}
