// How the other end of a call is written, in full or, in privacy mode, masked. Pure: the page shows nobody but through
// `shown`.

// ITU-T E.164: country codes of one and of two digits; all others have three.
const ONE = /^[17]/;
const TWO = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const WITHHELD = /^$|anonymous|unavailable|unknown|restricted|^\+266696687$|^\+86282452253$/i;

// "+14155550123" -> ["1", "4155550123"]: country code and national number.
export function parts(number) {
  const digits = number.slice(1);
  const length = ONE.test(digits) ? 1 : TWO.test(digits) ? 2 : 3;
  return [digits.slice(0, length), digits.slice(length)];
}

// Groups as people write them: 415 555 0123; elsewhere in threes, with no digit left alone at the end.
function spaced(country, national) {
  if (country === "1" && national.length === 10) return national.replace(/^(...)(...)(....)$/, "$1 $2 $3");
  return national.replace(/.{3}(?=..)/g, "$& ").trim();
}

// The area code and the last two digits stay, as long as five or more in between are hidden.
function starred(national) {
  const start = Math.min(3, Math.max(0, national.length - 7));
  const end = national.length >= 5 ? national.length - 2 : national.length;
  return [...national].map((digit, at) => (at < start || at >= end ? digit : "*")).join("");
}

// A number, `client:name`, a SIP address or nothing at all, as the page shows it.
export function shown(party, isPrivate) {
  const text = String(party ?? "").trim();
  if (WITHHELD.test(text)) return "Withheld number";
  if (/^\+[0-9]{4,15}$/.test(text)) {
    const [country, national] = parts(text);
    const written = spaced(country, national);
    return `+${country} ${isPrivate ? spaced(country, starred(national)) : written}`;
  }
  const name = text.replace(/^client:/, "");
  if (!isPrivate) return name;
  // Whatever else it is: no digit of it is shown, and of an address no name either.
  return name.includes("@") ? `${name.split("@")[0].replace(/^(sips?:)?(.?).*$/, "$1$2***")}` : name.replace(/[0-9]/g, "*");
}
