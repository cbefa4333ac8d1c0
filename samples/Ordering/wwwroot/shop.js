const find = id => document.getElementById(id);
const say = problem => { find('problem').textContent = problem; };

// Content from outside becomes text in an element, never HTML.
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

async function ask(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`api/${path}`, body && { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.title);
  return answer;
}

let chosen, shown, away;
const choose = id => { chosen = id; show(); };
const send = (path, body) => ask(path, body).then(answer => { say(''); choose(answer.orderId ?? chosen); }, error => say(error.message));
const button = (text, onclick) => make('button', { onclick }, text);
const row = (className, ...cells) => make('tr', { className }, ...cells.map(cell => make('td', {}, ...cell)));
const orderRow = ({ id, customer, items, total, status }) => row(id === chosen ? 'chosen' : '',
  [button(customer, () => choose(id)), make('div', {}, items)], [total.toFixed(2)], [make('span', { className: status }, status)],
  [['pay', { amount: total }], ['ship', { trackingCode: `TEA-${id.slice(-6)}` }], ['cancel', {}]]
    .map(([wish, body]) => button(wish, () => { chosen = id; send(`orders/${id}/${wish}`, body); })));
const facts = data => Object.entries(data).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n');
const entry = (title, text) => make('details', { open: true }, make('summary', {}, title), make('pre', {}, text));

async function show() {
  const shop = await ask('shop');
  chosen ??= shop.orders[0]?.id;
  const { events, emails } = chosen ? await ask(`orders/${chosen}`) : { events: [], emails: [] };
  if (shown === (shown = JSON.stringify([shop, events, emails, chosen]))) return;
  find('subscriptions').textContent = shop.subscriptions.map(it => `${it.name}: ${it.lagEvents} events behind`).join(' · ');
  find('orders').replaceChildren(...shop.orders.map(orderRow));
  find('takings').replaceChildren(...shop.takings.map(({ day, amount }) => row('', [day], [amount.toFixed(2)])));
  find('history').replaceChildren(...events.map(it => entry(`${it.position}: ${it.eventType}`, facts(it.data))),
    ...emails.map(it => entry(`E-mail: ${it.match(/^Subject: (.*)$/m)[1]}`, it.split('\n\n').slice(1).join('\n\n'))));
}

find('products').append(...(await ask('products')).map(({ sku, title, price }, index) => make('label', {},
  make('input', { type: 'number', name: sku, min: 0, value: index ? 0 : 2 }), ` ${title}, ${price.toFixed(2)}`)));
find('order').onsubmit = event => {
  event.preventDefault();
  const { name, email, ...quantities } = Object.fromEntries(new FormData(event.target));
  const lines = Object.entries(quantities).map(([sku, quantity]) => ({ sku, quantity: Number(quantity) })).filter(line => line.quantity);
  send('orders', { customer: { name, email }, lines });
};
const refresh = () => show().then(() => { if (away) say(away = ''); }, () => say(away = 'The shop does not answer.'));
refresh().then(() => setInterval(refresh, 1000));
