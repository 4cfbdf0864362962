'use strict';
// Draws the charts of a report from the JSON block "data" (ChartData.java says what is in it). Nothing is fetched.
{
  const data = JSON.parse(document.getElementById('data').textContent);
  const root = document.documentElement;
  const hidden = new Set();
  /** What is on the page: elements and the functions that make their options anew. */
  const charts = [];
  const symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];
  const dashes = ['solid', [9, 5], [4, 4], [12, 4, 3, 4], [2, 3]];
  const colours = 8;

  const asked = new URLSearchParams(location.search).get('theme');
  if (asked === 'dark' || asked === 'light') {
    root.dataset.theme = asked;
  }

  // --- words and numbers

  const css = name => getComputedStyle(root).getPropertyValue(name).trim();
  const colour = variant => css('--v' + variant % colours);
  const escape = text => String(text).replace(/[&<>"']/g, c => '&#' + c.charCodeAt(0) + ';');
  const cut = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;
  const shown = () => data.variants.map((_, variant) => variant).filter(variant => !hidden.has(variant));
  const range = n => Array.from({ length: n }, (_, i) => i);

  function figure(value) {
    const size = Math.abs(value);
    if (Number.isInteger(value)) {
      return value.toLocaleString('en-US');
    }
    return size >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(size >= 100 ? 4 : 3)));
  }

  function short(value) {
    const size = Math.abs(value);
    const [unit, letter] = size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
    return String(Number((value / unit).toPrecision(4))) + letter;
  }

  const percent = value => String(Number((100 * value).toPrecision(3))) + ' %';
  const of = (measure, value) => measure.share ? percent(value) : figure(value);
  const withUnit = measure => measure.title + (measure.unit ? ' (' + measure.unit + ')' : '');

  /** A value with its interval, from [value, low, high]. */
  function said(measure, cell) {
    return cell == null ? 'no value' : of(measure, cell[0])
      + (cell[1] === cell[2] ? '' : ' [' + of(measure, cell[1]) + ', ' + of(measure, cell[2]) + ']');
  }

  function pointLabel(point) {
    return data.factors.length === 0 ? 'all runs'
      : data.factors.map((factor, i) => factor.name + ' = ' + factor.labels[data.points[point][i]]).join(', ');
  }

  // --- elements

  function element(tag, parent, text, className) {
    const made = parent.appendChild(document.createElement(tag));
    made.textContent = text ?? '';
    made.className = className ?? '';
    return made;
  }

  /** A list to choose from; what is chosen is seen after the next draw. */
  function choice(section, label, options, chosen, onChoice) {
    if (options.length < 2) {
      return;
    }
    const select = element('select', element('label', section.querySelector('.choices'), label + ' '));
    options.forEach(([value, text]) => select.add(new Option(text, value, false, value === chosen)));
    select.addEventListener('change', () => {
      onChoice(Number(select.value));
      drawAll();
    });
  }

  /** A chart: heightOf and optionOf are asked at each draw; captionOf gives the title and what is said small behind it. */
  function chart(section, { caption, note = () => '', height, option, wide = false }) {
    const figureElement = element('figure', section.querySelector('.charts'), '', wide ? 'wide' : '');
    charts.push({ caption: element('figcaption', figureElement), box: element('div', figureElement, '', 'chart'), captionOf: caption,
        note, height, option });
  }

  function legends() {
    for (const legend of document.querySelectorAll('.legend')) {
      data.variants.forEach((name, variant) => {
        const button = element('button', legend);
        button.type = 'button';
        button.dataset.variant = variant;
        element('span', button, '', 'swatch v' + variant % colours);
        button.append(' ' + name);
        button.title = 'show or hide it in every chart';
        button.addEventListener('click', () => {
          hidden.delete(variant) || hidden.add(variant);
          drawAll();
        });
      });
    }
  }

  // --- options that all charts share

  function base() {
    return {
      animation: false,
      textStyle: { color: css('--text'), fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 6, right: 22, top: 14, bottom: 30, containLabel: true },
      tooltip: { confine: true, backgroundColor: css('--paper'), borderColor: css('--line'), textStyle: { color: css('--text'),
          fontSize: 12 } },
    };
  }

  function axis(extra) {
    return {
      nameLocation: 'middle', nameTextStyle: { color: css('--faint') }, axisLine: { lineStyle: { color: css('--faint') } },
      axisLabel: { color: css('--text'), hideOverlap: true }, splitLine: { lineStyle: { color: css('--line') } }, ...extra,
    };
  }

  function numberAxis(measure, extra) {
    return axis(measure.share ? { type: 'value', min: 0, max: 1, axisLabel: { color: css('--text'), formatter: percent }, ...extra }
      : { type: 'value', axisLabel: { color: css('--text'), formatter: short, hideOverlap: true }, ...extra });
  }

  function categories(names, width, extra) {
    const most = Math.max(8, Math.floor(width / 22));
    return axis({ type: 'category', inverse: true, data: names.map(name => cut(name, most)), axisTick: { show: false },
        splitLine: { show: false }, ...extra });
  }

  /** Where values lie so close together that from zero nothing would be seen, the axis does not start there. */
  function far(cells) {
    const all = cells.filter(cell => cell != null);
    return all.length > 0 && Math.min(...all.map(cell => cell[1])) > 0.5 * Math.max(...all.map(cell => cell[2]));
  }

  // --- a measure over one numeric factor: lines with bands

  function lines(measureIndex, factorIndex, points) {
    const measure = data.measures[measureIndex];
    const factor = data.factors[factorIndex];
    const sorted = [...points].sort((a, b) => factor.numbers[data.points[a][factorIndex]] - factor.numbers[data.points[b][factorIndex]]);
    const x = sorted.map(point => factor.numbers[data.points[point][factorIndex]]);
    const cells = variant => sorted.map(point => data.cells[measureIndex][point][variant]);
    const spread = x.at(-1) - x[0];
    const log = x[0] > 0 && x.length > 2 && (x[1] - x[0]) / spread < 0.25 / (x.length - 1);
    const doubling = x.every(value => Number.isInteger(Math.log2(value)));
    const option = base();
    option.grid.bottom = 40;
    option.xAxis = axis({ type: log ? 'log' : 'value', logBase: doubling ? 2 : 10, min: 'dataMin', max: 'dataMax', name: factor.name,
        nameGap: 28,
      splitLine: { show: false }, axisLabel: { color: css('--text'), hideOverlap: true, formatter: short } });
    option.yAxis = numberAxis(measure, { scale: far(data.variants.flatMap((_, variant) => cells(variant))) });
    option.tooltip.trigger = 'axis';
    option.tooltip.formatter = params => {
      const at = x.indexOf(params[0].value[0]);
      return escape(factor.name) + ' = ' + figure(x[at]) + shown().map(variant => '<br>' + dot(variant) + escape(data.variants[variant])
          + ': '
        + said(measure, cells(variant)[at])).join('');
    };
    option.series = shown().flatMap(variant => [band(variant, x, cells(variant)), {
      type: 'line', name: data.variants[variant], data: cells(variant).map((cell, i) => [x[i], cell == null ? null : cell[0]]), clip: false,
      symbol: symbols[variant % symbols.length], symbolSize: 8 - variant % dashes.length, showAllSymbol: x.length <= 40,
          showSymbol: x.length <= 40,
      lineStyle: { color: colour(variant), type: dashes[variant % dashes.length], width: Math.max(1.6, 3 - 0.35 * variant) },
      itemStyle: { color: colour(variant) }, z: 3 + variant,
    }]);
    return option;
  }

  const dot = variant => '<span style="color:' + colour(variant) + '">■</span> ';

  /** The interval as a surface, one for each run of points that have a value. */
  function band(variant, x, cells) {
    const pieces = [];
    cells.forEach((cell, i) => {
      if (cell != null) {
        (i > 0 && cells[i - 1] != null ? pieces.at(-1) : pieces[pieces.push([]) - 1]).push(i);
      }
    });
    return {
      type: 'custom', silent: true, tooltip: { show: false }, clip: true, z: 1, encode: { x: 0, y: [1, 2] },
      // All of it is drawn with the first; the others are there so that the axis has room for them.
      data: pieces.flat().map(i => [x[i], cells[i][1], cells[i][2]]),
      renderItem: (params, api) => ({
        type: 'group', children: params.dataIndex > 0 ? [] : pieces.map(piece => ({
          type: 'polygon', style: { fill: colour(variant), opacity: 0.16 },
          shape: { points: [...piece.map(i => api.coord([x[i], cells[i][2]])), ...piece.toReversed().map(i => api.coord([x[i],
              cells[i][1]]))] },
        })),
      }),
    };
  }

  // --- a measure over words, or over nothing: bars with whiskers

  /** rows: [{label, variant, cell}], in groups. */
  function bars(measureIndex, groups, width) {
    const measure = data.measures[measureIndex];
    const option = base();
    const bar = groups.flatMap((group, row) => group.bars.map((one, i) => ({ ...one, row, i, of: group.bars.length })))
        .filter(one => one.cell != null);
    option.yAxis = categories(groups.map(group => group.label), width);
    option.xAxis = numberAxis(measure, { min: 0 });
    option.tooltip.trigger = 'item';
    option.tooltip.formatter = ({ dataIndex }) => {
      const one = bar[dataIndex];
      return dot(one.variant) + escape(data.variants[one.variant]) + ': ' + said(measure, one.cell);
    };
    option.series = [{
      type: 'custom', encode: { x: [0, 1, 2], y: 3 }, clip: false, data: bar.map(one => [...one.cell, one.row]),
      renderItem: (params, api) => {
        const one = bar[params.dataIndex];
        const room = api.size([0, 1])[1] * 0.8;
        const thick = Math.min(26, room / one.of);
        const middle = api.coord([0, one.row])[1] + (one.i - (one.of - 1) / 2) * thick;
        const [zero, value, low, high] = [0, ...one.cell].map(at => api.coord([at, one.row])[0]);
        return { type: 'group', children: [
          { type: 'rect', shape: { x: Math.min(zero, value), y: middle - thick * 0.42, width: Math.max(1, Math.abs(value - zero)),
              height: thick * 0.84 },
            style: { fill: colour(one.variant), opacity: 0.75 } },
          ...low === high ? [] : [whisker(low, high, middle, thick * 0.25)],
        ] };
      },
    }];
    return option;
  }

  const whisker = (low, high, middle, half) => ({ type: 'path', style: { stroke: css('--text'), fill: 'none', lineWidth: 1.2 }, shape: {
    pathData: `M${low},${middle - half}V${middle + half}M${low},${middle}H${high}M${high},${middle - half}V${middle + half}` } });

  // --- a measure over two numeric factors: a map per variant

  function heat(measureIndex, variant, width) {
    const measure = data.measures[measureIndex];
    const [across, up] = data.factors;
    const all = data.cells[measureIndex].flat().filter(cell => cell != null).map(cell => cell[0]);
    const option = base();
    const steps = factor => ({ type: 'category', data: factor.labels, name: factor.name, splitLine: { show: false } });
    option.grid.bottom = 84;
    option.grid.left = 30;
    option.xAxis = axis({ ...steps(across), nameGap: 26 });
    option.yAxis = axis({ ...steps(up), nameGap: 14 + 7 * Math.max(...up.labels.map(label => label.length)) });
    option.tooltip.formatter = ({ value }) => escape(across.name) + ' = ' + escape(across.labels[value[0]]) + '<br>' + escape(up.name)
        + ' = '
      + escape(up.labels[value[1]]) + '<br>' + dot(variant) + said(measure, data.cells[measureIndex][value[3]][variant]);
    option.visualMap = { min: Math.min(...all), max: Math.max(...all) === Math.min(...all) ? Math.min(...all) + 1 : Math.max(...all),
        dimension: 2, orient: 'horizontal', left: 'center',
      bottom: 0, itemHeight: Math.min(220, width - 190), itemWidth: 12, textStyle: { color: css('--text') }, calculable: false,
          text: [of(measure, Math.max(...all)), of(measure, Math.min(...all))],
      inRange: { color: ['#00224e', '#35456c', '#666970', '#948e77', '#c8b866', '#fee838'] } };
    option.series = [{ type: 'heatmap', data: data.points.map((levels, point) => [levels[0], levels[1],
        data.cells[measureIndex][point][variant]?.[0] ?? '-', point]) }];
    return option;
  }

  // --- a measure over a factor at points of which each is different: dots

  function dots(measureIndex, factorIndex) {
    const measure = data.measures[measureIndex];
    const factor = data.factors[factorIndex];
    const option = base();
    option.grid.bottom = 40;
    option.xAxis = axis({ ...factor.numeric ? { type: 'value', scale: true, axisLabel: { color: css('--text'), formatter: short } }
      : { type: 'category', data: factor.labels }, name: factor.name, nameGap: 28, splitLine: { show: false } });
    option.yAxis = numberAxis(measure, {});
    option.tooltip.formatter = ({ seriesIndex, value }) => dot(shown()[seriesIndex]) + escape(data.variants[shown()[seriesIndex]]) + ': '
      + said(measure, data.cells[measureIndex][value[2]][shown()[seriesIndex]]) + '<br>' + escape(pointLabel(value[2]));
    option.series = shown().map(variant => ({
      type: 'scatter', name: data.variants[variant], symbol: symbols[variant % symbols.length], symbolSize: 6, clip: false,
      itemStyle: { color: colour(variant), opacity: 0.7 },
      data: data.points.map((levels, point) => [factor.numeric ? factor.numbers[levels[factorIndex]] : levels[factorIndex],
        data.cells[measureIndex][point][variant]?.[0], point]).filter(([, value]) => value != null),
    }));
    return option;
  }

  // --- which of these

  function measures() {
    const section = document.getElementById('measures');
    const factors = data.factors;
    const all = range(data.points.length);
    const title = (measureIndex, more) => () => withUnit(data.measures[measureIndex]) + (more ? ', ' + more : '');
    const better = measureIndex => () => data.measures[measureIndex].better === 'neither' ? '' : data.measures[measureIndex].better
        + ' is better';
    const paired = factors.length > 1 && data.points.every(levels => levels.every(level => level === levels[0]));
    if (factors.length === 0) {
      range(data.measures.length).forEach(m => chart(section, { caption: title(m), note: better(m), wide: m === 0
          && data.measures.length % 2 === 1,
        height: () => 60 + 30 * shown().length,
        option: width => bars(m, shown().map(variant => ({ label: data.variants[variant], bars: [{ variant,
            cell: data.cells[m][0][variant] }] })), width) }));
      return;
    }
    const numeric = range(factors.length).filter(f => factors[f].numeric)
      .sort((a, b) => factors[b].labels.length - factors[a].labels.length);
    const along = numeric[0] ?? 0;
    const rest = new Map();
    all.forEach(point => {
      const key = paired ? '' : pointLabelWithout(point, along);
      rest.set(key, [...rest.get(key) ?? [], point]);
    });
    const groupedBars = (m, points, width) => bars(m, points.map(point => ({ label: factors[along].labels[data.points[point][along]],
      bars: shown().map(variant => ({ variant, cell: data.cells[m][point][variant] })) })), width);
    if (rest.size <= 6) {
      const single = rest.size === 1;
      range(data.measures.length).forEach(m => rest.forEach((points, key) => chart(section, {
        caption: title(m, key), note: better(m), wide: single && m === 0,
        height: width => numeric.length ? single && m === 0 ? Math.min(360, 120 + width / 3) : 250 : 50 + points.length * (14
            + 14 * shown().length),
        option: width => numeric.length ? lines(m, along, points) : groupedBars(m, points, width) })));
      return;
    }
    let measureChosen = 0;
    choice(section, 'Measure', data.measures.map((measure, m) => [m, withUnit(measure)]), 0, chosen => { measureChosen = chosen; });
    if (factors.length === 2 && numeric.length === 2 && all.length === factors[0].labels.length * factors[1].labels.length) {
      data.variants.forEach((name, variant) => chart(section, { caption: () => name + ': ' + withUnit(data.measures[measureChosen]),
        note: () => better(measureChosen)(), height: () => 360, option: width => heat(measureChosen, variant, width) }));
      return;
    }
    let factorChosen = along;
    choice(section, 'over', factors.map((factor, f) => [f, factor.name]), along, chosen => { factorChosen = chosen; });
    chart(section, { caption: () => withUnit(data.measures[measureChosen]), note: () => better(measureChosen)(), wide: true,
        height: () => 380,
      option: () => dots(measureChosen, factorChosen) });
  }

  function pointLabelWithout(point, along) {
    return data.factors.map((factor, i) => i === along ? '' : factor.name + ' = ' + factor.labels[data.points[point][i]])
        .filter(text => text).join(', ');
  }

  // --- distributions over the seeds

  function distributions() {
    const section = document.getElementById('distributions');
    const which = range(data.measures.length).filter(m => data.strips[m]?.some(point => point.some(values => values?.length)));
    if (which.length === 0) {
      section.remove();
      return;
    }
    let point = Math.floor(data.points.length / 2);
    choice(section, 'At', data.points.map((_, p) => [p, pointLabel(p)]), point, chosen => { point = chosen; });
    which.forEach(m => chart(section, { caption: () => withUnit(data.measures[m]), note: () => data.points.length > 1 ? 'at '
        + pointLabel(point) : '',
      height: () => 56 + 34 * shown().length, option: width => strips(m, point, width) }));
  }

  const quantile = (sorted, share) => {
    const at = (sorted.length - 1) * share;
    const below = Math.floor(at);
    return at === below ? sorted[below] : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
  };

  function strips(measureIndex, point, width) {
    const measure = data.measures[measureIndex];
    const rows = shown().map(variant => ({ variant, values: data.strips[measureIndex][point][variant] ?? [] }));
    const all = rows.flatMap(row => row.values);
    const option = base();
    const filled = rows.map((row, i) => ({ ...row, i })).filter(row => row.values.length > 0);
    option.yAxis = categories(rows.map(row => data.variants[row.variant]), width);
    option.xAxis = numberAxis(measure, { scale: all.length > 0 && Math.min(...all) > 0.5 * Math.max(...all) });
    option.tooltip.formatter = ({ dataIndex }) => {
      const { variant, values } = filled[dataIndex];
      return dot(variant) + escape(data.variants[variant]) + '<br>' + [['least', 0], ['first quartile', 0.25], ['median', 0.5],
          ['third quartile', 0.75],
        ['largest', 1]].map(([word, share]) => word + ': ' + of(measure, quantile(values, share))).join('<br>');
    };
    option.series = [{
      type: 'custom', clip: false, encode: { x: [0, 1], y: 2 }, data: filled.map(row => [row.values[0], row.values.at(-1), row.i]),
      renderItem: (params, api) => {
        const { variant, values, i } = filled[params.dataIndex];
        const at = value => api.coord([value, i])[0];
        const middle = api.coord([0, i])[1];
        const [low, q1, q2, q3, high] = [0, 0.25, 0.5, 0.75, 1].map(share => at(quantile(values, share)));
        const ink = colour(variant);
        return { type: 'group', children: [
          { type: 'path', style: { stroke: ink, fill: 'none', lineWidth: 1.2 },
              shape: { pathData: `M${low},${middle}H${q1}M${q3},${middle}H${high}` } },
          { type: 'rect', style: { fill: ink, opacity: 0.22 }, shape: { x: q1, y: middle - 10, width: Math.max(1, q3 - q1), height: 20 } },
          { type: 'rect', style: { fill: ink }, shape: { x: q2 - 1.25, y: middle - 12, width: 2.5, height: 24 } },
          ...values.map((value, n) => ({ type: 'circle', style: { fill: ink, opacity: 0.65 },
            shape: { cx: at(value), cy: middle + ((n * 0.618034) % 1 - 0.5) * 16, r: 2 } })),
        ] };
      },
    }];
    return option;
  }

  // --- series over simulated time

  function series() {
    const section = document.getElementById('series');
    const kept = data.series;
    if (kept.columns.length === 0) {
      section.remove();
      return;
    }
    let column = Math.max(0, kept.columns.indexOf('nr_free_cma'));
    let at = Math.floor(kept.points.length / 2);
    choice(section, 'Counter', kept.columns.map((name, i) => [i, name]), column, chosen => { column = chosen; });
    choice(section, 'at', kept.points.map((point, i) => [i, pointLabel(point)]), at, chosen => { at = chosen; });
    chart(section, { caption: () => kept.columns[column], note: () => data.points.length > 1 ? 'at ' + pointLabel(kept.points[at]) : '',
        wide: true, height: () => 320, option: () => {
      const option = base();
      option.grid.bottom = 40;
      option.tooltip.trigger = 'axis';
      option.tooltip.formatter = params => figure(params[0].value[0]) + ' ms' + params.map(one => '<br>' + dot(shown()[one.seriesIndex])
        + escape(one.seriesName) + ': ' + figure(one.value[1])).join('');
      const plotted = shown().map(variant => kept.cells[at][variant]);
      const value = (cell, i) => Array.isArray(cell.values[column]) ? cell.values[column][i] : cell.values[column];
      const all = plotted.filter(cell => cell).flatMap(cell => cell.times.map((_, i) => value(cell, i)));
      option.xAxis = axis({ type: 'value', name: 'simulated time (ms)', nameGap: 28, splitLine: { show: false }, max: 'dataMax',
        axisLabel: { color: css('--text'), showMaxLabel: false } });
      option.yAxis = axis({ type: 'value', scale: Math.min(...all) > 0.5 * Math.max(...all), axisLabel: { color: css('--text'),
          formatter: short } });
      option.series = shown().map((variant, i) => ({
        type: 'line', name: data.variants[variant], showSymbol: false, data: plotted[i]?.times.map((time, n) => [time, value(plotted[i],
            n)]) ?? [],
        lineStyle: { color: colour(variant), type: dashes[variant % dashes.length], width: Math.max(1.6, 3 - 0.35 * variant) },
            itemStyle: { color: colour(variant) },
      }));
      return option;
    } });
  }

  // --- one start of a VM

  function starts() {
    const section = document.getElementById('starts');
    const kept = data.starts;
    if (kept.points.length === 0) {
      section.remove();
      return;
    }
    let vm = 0;
    let at = Math.floor(kept.points.length / 2);
    choice(section, 'VM', kept.vms.map((name, i) => [i, name]), 0, chosen => { vm = chosen; });
    choice(section, 'at', kept.points.map((point, i) => [i, pointLabel(point)]), at, chosen => { at = chosen; });
    chart(section, { caption: () => kept.vms[vm], note: () => data.points.length > 1 ? 'at ' + pointLabel(kept.points[at]) : '', wide: true,
      height: () => 64 + 42 * shown().length, option: width => timeline(shown().map(variant => ({ variant,
          start: kept.cells[at][variant]?.[vm] })), width) });
  }

  function timeline(rows, width) {
    const option = base();
    const bits = rows.flatMap(({ variant, start }, row) => start == null ? [] : [
      ...start.calls.map(([from, to, calls, moved, drains, failed]) => ({ row, variant, from, to, calls, moved, drains, failed })),
      { row, variant, from: start.end, to: start.end, over: start.over }]);
    option.grid.right = Math.min(150, width / 3.2);
    option.grid.bottom = 40;
    option.yAxis = categories(rows.map(row => data.variants[row.variant]), width);
    option.xAxis = axis({ type: 'value', name: 'time since the start began (ms)', nameGap: 28, splitLine: { show: false }, min: 0,
        max: 'dataMax',
      axisLabel: { color: css('--text'), hideOverlap: true, formatter: short, showMaxLabel: false } });
    option.tooltip.formatter = ({ dataIndex }) => {
      const bit = bits[dataIndex];
      return dot(bit.variant) + escape(data.variants[bit.variant]) + '<br>' + (bit.over != null ? escape(bit.over) : figure(bit.from)
          + ' to ' + figure(bit.to)
        + ' ms<br>pin calls: ' + bit.calls + (bit.failed ? ', of which failed: ' + bit.failed : '') + '<br>pages moved: '
            + figure(bit.moved)
        + '<br>drains of all CPUs: ' + figure(bit.drains));
    };
    option.series = [{
      type: 'custom', clip: false, encode: { x: [0, 1], y: 2 }, data: bits.map(bit => [bit.from, bit.to, bit.row]),
      renderItem: (params, api) => {
        const bit = bits[params.dataIndex];
        const [left, middle] = api.coord([bit.from, bit.row]);
        const right = api.coord([bit.to, bit.row])[0];
        const ink = colour(bit.variant);
        if (bit.over != null) {
          return { type: 'text', style: { x: left + 6, y: middle, text: cut(bit.over, Math.floor(option.grid.right / 6.6)),
              fill: css('--text'), fontSize: 12, verticalAlign: 'middle' } };
        }
        const children = [{ type: 'rect', shape: { x: left, y: middle - 8, width: Math.max(0.7, right - left), height: 16 },
          style: { fill: ink, opacity: bit.moved ? 0.95 : 0.35 } }];
        if (bit.drains) {
          children.push({ type: 'path', style: { fill: css('--text') }, shape: { pathData: `M${left - 3},${middle - 16}h6l-3,6z` } });
        }
        if (bit.failed) {
          children.push({ type: 'path', style: { stroke: css('--warn'), fill: 'none', lineWidth: 2 }, shape: {
            pathData: `M${right - 5},${middle - 5}l10,10m0,-10l-10,10` } });
        }
        return { type: 'group', children };
      },
    }];
    return option;
  }

  // --- drawing

  let drawnWidth = 0;

  function drawAll() {
    drawnWidth = root.clientWidth;
    document.querySelectorAll('.legend button').forEach(button => button.setAttribute('aria-pressed',
        !hidden.has(Number(button.dataset.variant))));
    charts.forEach(draw);
    const { dataset } = document.body;
    dataset.charts = charts.length;
    dataset.scrollWidth = root.scrollWidth;
    dataset.clientWidth = root.clientWidth;
  }

  function draw(one) {
    one.caption.textContent = one.captionOf() + ' ';
    element('small', one.caption, one.note());
    const width = one.box.clientWidth;
    const height = Math.round(one.height(width));
    one.drawn?.dispose();
    one.box.style.height = height + 'px';
    one.drawn = echarts.init(one.box, null, { renderer: 'svg', width, height });
    one.drawn.setOption(one.option(width));
    const svg = one.box.querySelector('svg');
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', one.caption.textContent);
  }

  legends();
  measures();
  distributions();
  series();
  starts();
  drawAll();

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('resize', () => requestAnimationFrame(() => drawnWidth !== root.clientWidth && drawAll()));
  // Paper is white and has its own width, whatever the screen is.
  addEventListener('beforeprint', () => {
    root.dataset.theme = 'light';
    root.dataset.paper = '';
    drawAll();
  });
  addEventListener('afterprint', () => {
    asked ? root.dataset.theme = asked : delete root.dataset.theme;
    delete root.dataset.paper;
    drawAll();
  });
}
