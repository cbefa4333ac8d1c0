// The page asks once a second for what the shop shows, and draws again only the parts that have changed, so that nothing
// flickers and a button keeps its focus. Everything from outside becomes text by textContent, never HTML.
'use strict';

const interval = 1000;
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const find = selector => document.querySelector(selector);
const drawn = new Map();
let products = [];
let shop = null;
let chosen = location.hash.slice(1);

/** Makes an element with attributes, listeners (functions) and children. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Fills an element, if what it shows has changed. */
function draw(selector, state, children) {
  const text = JSON.stringify(state);
  if (drawn.get(selector) === text) return;
  drawn.set(selector, text);
  find(selector).replaceChildren(...children());
}

function say(message) {
  find('#message').textContent = message;
  find('#message').hidden = !message;
}

async function ask(path, body) {
  const response = await fetch(path, body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  throw new Error(problem?.detail ?? problem?.title ?? `The shop answers ${response.status}.`);
}

/** Sends a wish to the shop and shows the answer. */
async function act(path, body) {
  try {
    const result = await ask(path, body);
    say('');
    choose(result.orderId);
  } catch (error) {
    say(error.message);
  }
}

function choose(orderId) {
  chosen = orderId;
  history.replaceState(null, '', `#${orderId}`);
  refresh();
}

const short = orderId => orderId.slice(-8);

const actions = {
  Pay: { when: ['Placed'], body: order => ({ amount: order.total }) },
  Ship: { when: ['Paid'], body: () => ({ trackingCode: `TEA${Math.floor(Math.random() * 1e6)}` }) },
  Cancel: { when: ['Placed', 'Paid'], body: () => ({ reason: 'ChangedMind' }) },
};

function orderRow(order) {
  const buttons = Object.entries(actions).map(([name, action]) => make('button', {
    // The others may be tried as well: the rules answer.
    class: action.when.includes(order.status) ? null : 'unlikely',
    click: event => {
      event.stopPropagation();
      act(`api/orders/${order.id}/${name.toLowerCase()}`, action.body(order));
    },
  }, name));
  return make('tr', { class: order.id === chosen ? 'chosen' : null, click: () => choose(order.id) },
    make('td', {}, make('button', { class: 'link', title: order.id }, short(order.id))),
    make('td', {}, make('div', { title: order.customerEmail }, order.customerName), make('div', { class: 'items', title: order.items }, order.items)),
    make('td', { class: 'number' }, money.format(order.total)),
    make('td', { class: `status ${order.status}` }, order.status),
    make('td', { class: 'actions' }, ...buttons));
}

function eventItem(event) {
  return make('li', {},
    make('span', { class: 'facts' }, `version ${event.version} · position ${event.position} · ${new Date(event.createdAt).toLocaleTimeString()}`),
    make('span', { class: 'type' }, event.type),
    make('pre', {}, json(event.payload)));
}

/** One line for each property of an event. */
const json = payload => `{\n${Object.entries(payload).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}\n}`;

function revenueRow(row, most) {
  return make('tr', {},
    make('td', {}, row.day),
    make('td', { class: 'bar' }, make('meter', { min: 0, max: most, value: Math.max(0, row.amount), title: `${row.payments} payments, ${row.refunds} refunds` })),
    make('td', { class: 'number' }, money.format(row.amount)));
}

function emailItem(email) {
  return make('li', {}, make('button', { click: () => openEmail(email) }, make('span', {}, email.subject), make('span', { class: 'to', title: email.to }, email.to.replace(/ <[^<]*>$/, ''))));
}

async function openEmail(email) {
  try {
    const { subject, to, body } = await ask(`api/mailbox/${encodeURIComponent(email.name)}`);
    find('#email h2').textContent = subject;
    find('#email .to').textContent = `To: ${to}`;
    find('#email pre').textContent = body;
    find('#email').showModal();
  } catch (error) {
    say(error.message);
  }
}

function subscriptionItem(subscription) {
  const behind = shop.lastPosition - subscription.position;
  const [kind, text] = subscription.lastError ? ['failing', 'failing'] : behind > 0 ? ['behind', `${behind} behind`] : [null, `at ${subscription.position}`];
  return make('li', { class: kind, title: subscription.lastError }, `${subscription.name}: ${text}`);
}

const nothing = text => [make('p', { class: 'empty' }, text)];

async function show() {
  shop = await ask('api/shop');
  chosen ||= shop.orders[0]?.id ?? '';
  draw('#database', shop.database, () => [shop.database]);
  draw('#subscriptions', [shop.subscriptions, shop.lastPosition], () => shop.subscriptions.map(subscriptionItem));
  draw('#order-count', shop.orderCount, () => [shop.orderCount > shop.orders.length ? `the newest ${shop.orders.length} of ${shop.orderCount}` : `${shop.orderCount}`]);
  draw('#orders tbody', [shop.orders, chosen], () => shop.orders.map(orderRow));
  const most = Math.max(...shop.revenue.map(row => row.amount), 1);
  draw('#revenue tbody', shop.revenue, () => shop.revenue.length ? shop.revenue.map(row => revenueRow(row, most)) : [make('tr', {}, make('td', { class: 'empty' }, 'Nothing was paid yet.'))]);
  draw('#email-count', shop.emailCount, () => [`${shop.emailCount}`]);
  draw('#emails', shop.emails, () => shop.emails.length ? shop.emails.map(emailItem) : nothing('No e-mail was sent yet.'));
  draw('#folder', shop.mailboxFolder, () => [shop.mailboxFolder]);
  const events = chosen ? await ask(`api/orders/${encodeURIComponent(chosen)}/events`) : [];
  draw('#selected', chosen, () => [short(chosen)]);
  draw('#events', events, () => events.length ? events.map(eventItem) : nothing('Place an order, or choose one from the list.'));
}

let away = false;
let timer = 0;

async function refresh() {
  clearTimeout(timer);
  try {
    await show();
    if (away) say('');
    away = false;
  } catch (error) {
    away = true;
    say(error instanceof TypeError ? 'The shop does not answer. This page goes on as soon as it is back.' : error.message);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, interval);
}

const order = () => products.map(({ sku, price }) => ({ sku, price, quantity: Number(find(`#products [name="${sku}"]`).value) })).filter(line => line.quantity !== 0);
const showTotal = () => find('#total').textContent = `${money.format(order().reduce((sum, line) => sum + line.quantity * line.price, 0))} EUR`;

async function start() {
  try {
    products = await ask('api/products');
  } catch {
    say('The shop does not answer. This page goes on as soon as it is back.');
    setTimeout(start, interval);
    return;
  }
  say('');
  find('#products').replaceChildren(...products.map(({ sku, title, price }, index) => make('label', {},
    make('input', { name: sku, type: 'number', value: index === 0 ? 2 : 0, input: showTotal }),
    make('span', {}, `${title} `, make('small', {}, money.format(price))))));
  showTotal();
  find('#place').addEventListener('submit', event => {
    event.preventDefault();
    const form = new FormData(event.target);
    act('api/orders', {
      customer: { name: form.get('name'), email: form.get('email') },
      lines: order().map(({ sku, quantity }) => ({ sku, quantity })),
      deliverBy: form.get('deliverBy') || null,
    });
  });
  refresh();
}

start();
