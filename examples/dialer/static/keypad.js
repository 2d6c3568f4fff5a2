// The keypad and the field above it: keys go into the field, or during a call to the other end.

const HOLD = 600; // milliseconds that make a plus of the zero

// press(key) is told during a call, when `isTalking()`; otherwise the field takes the key.
export function keypad(pad, field, isTalking, press) {
  let held = null;

  const take = (key) => {
    if (isTalking()) return press(key);
    field.value = (field.value + key).slice(0, field.maxLength);
    field.dispatchEvent(new Event("input"));
  };

  for (const button of pad.querySelectorAll("[data-key]")) {
    const { key } = button.dataset;
    let isPlus = false;
    button.addEventListener("pointerdown", () => {
      isPlus = false;
      if (key !== "0" || isTalking()) return;
      held = setTimeout(() => {
        isPlus = true;
        take("+");
      }, HOLD);
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, () => clearTimeout(held));
    button.addEventListener("click", () => {
      if (!isPlus) take(key);
      isPlus = false;
    });
  }

  // During a call the computer's own keys are the keypad, wherever the focus is.
  addEventListener("keydown", (event) => {
    if (!isTalking() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!/^[0-9*#]$/.test(event.key) || event.target.closest("audio")) return;
    event.preventDefault();
    press(event.key);
    const button = pad.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 150);
  });
}
