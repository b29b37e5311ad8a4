/* SPDX-License-Identifier: MIT */
/*
 * Everything stands in the page's tables, which can be read without this
 * script. It sorts and filters the table of changes, and draws charts from the
 * others.
 */
'use strict';

function make(name, properties, ...children) {
	const element = document.createElement(name);

	Object.assign(element, properties);
	element.append(...children);
	return element;
}

/* NaN where nothing is known. */
function toNumber(text) {
	return parseFloat(text.replace(/[,\u00d7]/g, '')
	    .replace('\u2212', '-'));
}

/*
 * The table of changes. Rows are told by their ranks, from 0. No more than the
 * first part of the table has are laid out at first, so that ten thousand open,
 * sort and filter at once.
 */

const table = document.getElementById('changes');
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const edge = table.querySelector('.edge');
const lines = [...table.tBodies].flatMap((part) => [...part.rows]);
const rows = lines.filter((row) => row !== edge);
const kinds = rows.map((row) => row.cells[1].textContent);
const ranks = rows.map((row, i) => i);
const above = edge === null ? rows.length : lines.indexOf(edge);
let limit = [...body.rows].filter((row) => row !== edge).length;
let texts = null;
let order = ranks;

const words = make('input', { type: 'search',
    placeholder: 'file, function, operation' });
const kind = make('select', {}, make('option', { value: '' }, 'all'),
    ...[...new Set(kinds)].map((name) => make('option', {}, name)));
const shown = make('output');
const more = make('button', { type: 'button', className: 'more' });

function count(number) {
	return number.toLocaleString('en');
}

function filtered() {
	const wanted = words.value.toLowerCase().split(/\s+/);

	texts ??= rows.map((row) => row.textContent.toLowerCase());
	return order.filter((i) =>
	    (kind.value === '' || kinds[i] === kind.value) &&
	    wanted.every((word) => texts[i].includes(word)));
}

function show() {
	const all = words.value === '' && kind.value === '';
	const found = all ? order : filtered();
	const ranked = found.slice(0, limit);
	const visible = ranked.map((i) => rows[i]);
	const below = ranked.findIndex((i) => i >= above);

	/* The line means something in the order of ranks alone. */
	if (order === ranks && below >= 0)
		visible.splice(below, 0, edge);
	body.replaceChildren(...visible);
	shown.textContent = count(found.length) + ' of ' +
	    count(rows.length) + ' rows';
	more.hidden = found.length <= limit;
	more.textContent = 'Show ' +
	    count(Math.min(3 * limit, found.length - limit)) + ' more';
}

function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}

/* What is not known comes last in either direction; ties stay in the
 * order of ranks. */
function sorted(column, down) {
	const isText = heads[column].className === 't';
	const keys = rows.map(function (row) {
		const text = row.cells[column].textContent;

		return isText ? text.toLowerCase() : toNumber(text);
	});
	const isKnown = (i) => keys[i] !== '' && !Number.isNaN(keys[i]);

	return ranks.filter(isKnown)
	    .sort((a, b) => (down ? -1 : 1) * compare(keys[a], keys[b]))
	    .concat(ranks.filter((i) => !isKnown(i)));
}

/* Numbers begin with the largest, ranks and texts with the first. */
function press(column) {
	const head = heads[column];
	const first = column === 0 || head.className === 't' ?
	    'ascending' : 'descending';
	const other = first === 'ascending' ? 'descending' : 'ascending';
	const way = head.getAttribute('aria-sort') === first ? other : first;

	heads.forEach((each) => each.removeAttribute('aria-sort'));
	head.setAttribute('aria-sort', way);
	order = column === 0 && way === 'ascending' ? ranks :
	    sorted(column, way === 'descending');
	show();
}

heads.forEach(function (head, column) {
	const button = make('button', { type: 'button',
	    textContent: head.textContent });

	button.addEventListener('click', () => press(column));
	head.replaceChildren(button);
});
words.addEventListener('input', show);
kind.addEventListener('change', show);
more.addEventListener('click', function () {
	limit *= 4;
	show();
});
document.getElementById('controls').append(
    make('label', {}, 'Filter', words),
    make('label', {}, 'Change', kind), shown);
table.parentElement.after(more);
[...table.tBodies].slice(1).forEach((part) => part.remove());
heads[0].setAttribute('aria-sort', 'ascending');
show();

/* Charts, drawn by Chart.js. */

/* Of a table: the names of its columns, and of each row its name and
 * numbers. */
function read(figure) {
	const cells = (row) => [...row.cells].map((c) => c.textContent);
	const grid = figure.querySelector('table');

	return {
		columns: cells(grid.tHead.rows[0]).slice(1),
		rows: [...grid.tBodies[0].rows].map((row) => ({
			name: row.cells[0].textContent,
			numbers: cells(row).slice(1).map(toNumber),
		})),
	};
}

function colour(name) {
	return getComputedStyle(document.documentElement)
	    .getPropertyValue('--' + name.replace(/ .*/, '')).trim();
}

/* The end of a path tells most. */
function shorten(text, length) {
	const end = text.slice(1 - length);

	return text.length <= length ? text :
	    '\u2026' + end.slice(Math.max(0, end.indexOf('/')));
}

function axis(more) {
	return {
		ticks: { color: colour('faint'), maxRotation: 0 },
		grid: { color: colour('line'), drawBorder: false,
		    drawTicks: false },
		beginAtZero: true,
		...more,
	};
}

/* A canvas, and how it is drawn: charts are drawn anew when the colours
 * change. */
function addPlot(parent, label, config) {
	const canvas = make('canvas');
	const plot = make('div', { className: 'plot' }, canvas);
	let chart = null;

	canvas.setAttribute('role', 'img');
	canvas.setAttribute('aria-label', label);
	parent.append(plot);
	return {
		plot: plot,
		draw() {
			if (chart !== null)
				chart.destroy();
			chart = new Chart(canvas, config());
		},
	};
}

function legend(more) {
	return { position: 'top', align: 'start',
	    labels: { color: colour('ink'), boxWidth: 10, boxHeight: 10,
		...more } };
}

function barsOf(data) {
	const length = innerWidth < 640 ? 24 : 36;

	return {
		type: 'bar',
		data: {
			labels: data.rows.map((row) => row.name),
			datasets: data.columns.map((name, i) => ({
				label: name,
				data: data.rows.map((row) => row.numbers[i]),
				backgroundColor: colour(name),
				barPercentage: 1,
				categoryPercentage: .75,
			})),
		},
		options: {
			indexAxis: 'y',
			scales: {
				x: axis({ position: 'top' }),
				y: axis({
					grid: { display: false },
					ticks: {
						autoSkip: false,
						color: colour('ink'),
						callback: (i) => shorten(
						    data.rows[i].name, length),
					},
				}),
			},
			plugins: { legend: legend() },
		},
	};
}

function lineSet(name, numbers) {
	return { label: name, data: numbers, borderColor: colour(name),
	    backgroundColor: colour(name), borderWidth: 2,
	    pointRadius: 0, pointHitRadius: 8 };
}

function linesOf(data) {
	return {
		type: 'line',
		data: {
			labels: data.rows.map((row) => row.name),
			datasets: data.columns.map((name, i) => ({
				...lineSet(name,
				    data.rows.map((row) => row.numbers[i])),
				borderDash: i === 0 ? [4, 3] : [],
				pointStyle: 'line',
			})),
		},
		options: {
			interaction: { mode: 'index', intersect: false },
			scales: {
				x: axis({ grid: { display: false } }),
				y: axis(),
			},
			plugins: { legend: legend({ usePointStyle: true,
			    boxWidth: 20 }) },
		},
	};
}

/* The last day is the new one. */
function rowOf(columns, row) {
	const set = lineSet('old', row.numbers);

	set.pointRadius = row.numbers.map((n, i) =>
	    i === row.numbers.length - 1 ? 3 : 0);
	set.pointBackgroundColor = colour('new');
	set.pointBorderColor = colour('new');
	return {
		type: 'line',
		data: { labels: columns, datasets: [set] },
		options: {
			interaction: { mode: 'index', intersect: false },
			scales: {
				x: { display: false },
				y: axis({ ticks: { color: colour('faint'),
				    maxTicksLimit: 3 } }),
			},
			plugins: { legend: { display: false } },
		},
	};
}

function plotsOf(figure) {
	const data = read(figure);
	const caption = figure.querySelector('figcaption').textContent;
	const into = make('div');
	let plot;

	figure.querySelector('details').before(into);
	if (figure.dataset.chart === 'rows') {
		into.className = 'plots';
		return data.rows.map(function (row) {
			const cell = make('div', {}, make('p', {}, row.name));

			into.append(cell);
			return addPlot(cell, caption + ': ' + row.name,
			    () => rowOf(data.columns, row));
		});
	}
	if (figure.dataset.chart === 'lines')
		return [addPlot(into, caption, () => linesOf(data))];
	plot = addPlot(into, caption, () => barsOf(data));
	plot.plot.style.height = 4 + 2.25 * data.rows.length + 'rem';
	return [plot];
}

function addCharts() {
	const plots = [...document.querySelectorAll('figure')].flatMap(plotsOf);

	function draw() {
		plots.forEach((plot) => plot.draw());
	}

	Chart.defaults.animation = false;
	Chart.defaults.maintainAspectRatio = false;
	Chart.defaults.locale = 'en';
	Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
	draw();
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change',
	    draw);
	matchMedia('print').addEventListener('change', draw);
}

/* It may be missing. */
if (typeof Chart !== 'undefined')
	addCharts();
