// The page works without this script, by reloading itself; with it, the form continues the moment the code is right.
"use strict";

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelector("button")?.setAttribute("aria-disabled", "true");
  });
}
// A page that comes back from the browser's memory may be sent again, and may be out of date.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const dialog = document.getElementById("passcode");
if (dialog) {
  const part = (id) => document.getElementById(id);

  // Open as a modal dialog that only the sign-up itself can end.
  const open = () => {
    dialog.removeAttribute("open");
    dialog.showModal();
  };
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", open);
  addEventListener("keydown", (event) => { if (event.key === "Escape") event.preventDefault(); }, true);
  open();

  let ends = 0; // when the code ends, on this page's own clock, in milliseconds
  const count = () => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    part("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
  const set = (id, text) => { if (part(id).textContent !== text) part(id).textContent = text; };
  const show = (view) => {
    if (view.state === "confirmed") {
      location.replace("/welcome");
      return;
    }
    dialog.dataset.state = view.state;
    document.title = `${view.headline} - Tin Can`;
    set("headline", view.headline);
    set("sentence", view.sentence);
    part("show").hidden = !view.is_waiting;
    for (const way of ["call", "text"]) {
      part(way).hidden = !view[way];
      set(`${way}-button`, view[way]);
    }
    ends = performance.now() + view.seconds_left * 1000;
    count();
  };
  ends = performance.now() + Number(dialog.dataset.secondsLeft) * 1000;
  setInterval(count, 500);

  // The live word. A broken line is taken up again by the browser; a refused one by us.
  const listen = () => {
    const events = new EventSource("/signup/events");
    events.addEventListener("state", (event) => {
      part("lost").hidden = true;
      show(JSON.parse(event.data));
    });
    events.addEventListener("over", () => location.replace("/")); // perhaps in another tab
    events.addEventListener("error", async () => {
      part("lost").hidden = false;
      if (events.readyState !== EventSource.CLOSED) return;
      const answer = await fetch("/signup/status").catch(() => null);
      if (answer?.status === 404) location.replace("/");
      else setTimeout(listen, 2000);
    });
  };
  listen();
}
