// Every resource and operation through the official Node client (the package named first): see every_resource.py.
const [, , name] = process.argv;
const twilio = require(name);
const resources = require("./resources.json");

const camel = (word) => word.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const inCamel = (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [camel(key), value]));

function at(client, path) {
  let found = client;
  for (const [, word, argument] of path.matchAll(/(\w+)(?:\((.*?)\))?(?:\.|$)/g)) {
    const owner = found;
    found = owner[camel(word)];
    if (argument) found = found.call(owner, argument);
  }
  return found;
}

async function kept(client, one) {
  const values = inCamel(one.with);
  if (values.phoneNumber === "?") {
    values.phoneNumber = (await client.availablePhoneNumbers("US").local.list({ limit: 1 }))[0].phoneNumber;
  }
  const made = await at(client, one.made_at ?? one.at).create(values);
  const all = at(client, one.at);
  const wrong = Object.keys(values).filter((key) => key !== "triggerValue" && key in made && made[key] !== values[key]);
  if ((await all(made.sid).fetch()).sid !== made.sid) wrong.push("fetch");
  const changed = await all(made.sid).update(inCamel(one.change));
  wrong.push(...Object.entries(inCamel(one.change)).filter(([key, value]) => changed[key] !== value).map(([key]) => key));
  if (!(await all.list()).some((each) => each.sid === made.sid)) wrong.push("list");
  if (!one.stays) {
    if ((await all(made.sid).remove()) !== true) wrong.push("delete");
    const fault = await all(made.sid).fetch().then(() => null, (error) => error.code);
    if (fault !== 20404) wrong.push("still there");
  }
  return wrong;
}

(async () => {
  const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
  const said = {};
  for (const one of resources.kept) said[one.at] = await kept(client, one);
  for (const path of resources.lists) {
    said[path] = Array.isArray(await at(client, path).list({ limit: 3 })) ? [] : ["no list"];
  }
  for (const [path, property, value] of resources.fetched) {
    const found = (await at(client, path).fetch())[camel(property)];
    said[path] = found === value ? [] : [found];
  }
  console.log(JSON.stringify(said));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
