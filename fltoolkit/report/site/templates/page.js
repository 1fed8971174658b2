// Draws a page's pictures, and adds functions for the reader: files to save, a citation, the meaning of markers and terms.
(function () {
  const NARROW = 592; // pixels: on a narrower screen a picture is drawn anew, as wide as its words need
  const DRAWN = 170; // pixels between the words of such a picture
  const LONG = 28; // letters of a text that takes two lines on such a picture
  const TWO_LINES = 42; // pixels of a row with such a text
  const SMALLEST = 0.58; // of a picture's size: below it, its words could not be read
  // A printed page, in pixels, and the width for which its pictures are drawn: then their words have nearly 8 points.
  const PAPER = { width: 680, height: 1015, drawn: 900 };
  const ROOM = 1.03; // times the least width of a table, for its borders
  const TABLE = 0.8; // of a table's size on the screen: its letters then have 8.4 points
  const about = JSON.parse(document.getElementById('about').textContent);

  function button(words, act) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = words;
    made.addEventListener('click', act);
    return made;
  }

  function fileName(place) {
    return place.getAttribute('aria-label').toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, 60);
  }

  function save(name, text) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['\ufeff' + text], { type: 'text/csv;charset=utf-8' }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function csvOf(table) {
    const rows = [...table.querySelectorAll('tr')].filter((row) => !row.querySelector('.gt_title, .gt_subtitle, .gt_sourcenote'));
    const quoted = (cell) => '"' + cell.textContent.trim().replace(/"/g, '""') + '"';
    return rows.map((row) => [...row.children].map(quoted).join(',')).join('\r\n') + '\r\n';
  }

  function tableAfter(figure) {
    const output = figure.closest('.output_area');
    const next = output && output.nextElementSibling;
    return next && next.querySelector('table');
  }

  // The page itself writes the title, the subtitle and the notes of a picture, as wide as the page.
  function withoutWords(layout) {
    const { head = 0, foot = 0 } = layout.meta || {};
    const margin = { ...layout.margin, t: layout.margin.t - head, b: layout.margin.b - foot };
    const annotations = (layout.annotations || []).filter((note) => note.name !== 'notes');
    return { ...layout, title: undefined, margin, annotations, height: layout.height - head - foot };
  }

  const ruler = document.createElement('canvas').getContext('2d');

  function widest(texts) {
    ruler.font = '14px ' + getComputedStyle(document.body).fontFamily;
    return Math.max(0, ...texts.flatMap((text) => text.split('<br>')).map((line) => ruler.measureText(line).width)) * 1.04 + 20; // its letters may be wider once the page's font is there
  }

  // A long text in two lines: broken before its last words, or at the space next to its middle.
  function inTwoLines(text) {
    if (text.length < LONG || text.includes('<br>')) return text;
    const spaces = [...text.matchAll(/ /g)].map((space) => space.index);
    const middle = spaces.sort((a, b) => Math.abs(a - text.length / 2) - Math.abs(b - text.length / 2))[0];
    const at = text.includes(': ') ? text.indexOf(': ') + 1 : middle;
    return at ? text.slice(0, at) + '<br>' + text.slice(at + 1) : text;
  }

  // On a narrow screen, a chart of rows has its headings on lines of their own, long words on two lines, and margins as wide as
  // its words.
  function forNarrow(traces, layout) {
    const { xaxis, yaxis, yaxis2, margin, annotations = [], shapes = [] } = layout;
    if (!yaxis2) return { traces, layout, least: layout.meta.least || NARROW };
    const [labels, printed] = [yaxis, yaxis2].map((one) => ({ ...one, ticktext: one.ticktext.map(inTwoLines) }));
    const heads = annotations.filter((note) => note.xshift === -margin.l);
    const beside = heads.filter((head) => labels.ticktext[labels.tickvals.indexOf(head.y)]);
    const lower = (y) => (typeof y === 'number' ? y + beside.filter((head) => head.y <= Math.round(y - 0.01)).length : y);
    const sides = { l: widest(labels.ticktext), r: widest(printed.ticktext) };
    const step = Math.ceil((xaxis.ticktext.length * widest(xaxis.ticktext)) / DRAWN);
    const one = xaxis.type === 'log' ? Math.max(0, xaxis.tickvals.indexOf(1)) : 0; // a tick that stays: 1 of odds ratios
    const stays = (_, at) => (at - one) % step === 0;
    const ticks = { tickangle: 0, tickvals: xaxis.tickvals.filter(stays), ticktext: xaxis.ticktext.filter(stays) };
    const own = (note) => (heads.includes(note) ? { xshift: -sides.l, bgcolor: 'white' } : {});
    const above = (note) => (beside.includes(note) ? 1 : 0);
    const axis = (one) => ({ ...one, tickvals: one.tickvals.map(lower), range: [one.range[0] + beside.length, one.range[1]] });
    const before = (layout.height - margin.t - margin.b) / (labels.range[0] - labels.range[1]);
    const row = [...labels.ticktext, ...printed.ticktext].some((text) => text.includes('<br>')) ? Math.max(before, TWO_LINES) : before;
    return {
      traces: traces.map((one) => ({ ...one, y: (one.y || []).map(lower) })),
      layout: {
        ...layout, margin: { ...margin, ...sides }, height: layout.height + (row - before) * (labels.range[0] - labels.range[1]) + row * beside.length, xaxis: { ...xaxis, ...ticks }, yaxis: axis(labels), yaxis2: axis(printed),
        annotations: annotations.map((note) => ({ ...note, ...own(note), y: lower(note.y) - above(note), ay: lower(note.ay) })),
        shapes: shapes.map((one) => ((one.yref || 'y') === 'y' ? { ...one, y0: lower(one.y0), y1: lower(one.y1) } : one)),
      },
      least: Math.min(NARROW, sides.l + sides.r + DRAWN),
    };
  }

  // A narrow picture is an image that shrinks with the screen; it does not catch the finger that scrolls past it.
  function drawOnScreen(place) {
    const { data, layout, config } = place.described;
    const room = place.parentElement.clientWidth;
    if (!room) return; // it is folded
    const narrow = room < NARROW;
    const plain = withoutWords(layout);
    const drawn = narrow ? forNarrow(data, plain) : { traces: data, layout: plain };
    const width = narrow ? Math.max(drawn.least, room) : undefined;
    place.sheetHeight = drawn.layout.height; // plotly forgets it when the window changes its size
    place.classList.toggle('narrow', narrow);
    place.style.minWidth = narrow ? SMALLEST * width + 'px' : '';
    Plotly.newPlot(place, drawn.traces, { ...drawn.layout, width }, { ...config, displayModeBar: false, staticPlot: narrow, responsive: !narrow });
    if (narrow) shrink(place, width, place.sheetHeight);
  }

  function shrink(place, width, height) {
    place.style.setProperty('--shape', width + ' / ' + height);
    place.querySelectorAll('.main-svg').forEach((svg) => svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height));
  }

  let screenWidth = window.innerWidth;
  window.addEventListener('resize', function () { // a telephone also changes its height while somebody scrolls
    if (window.innerWidth === screenWidth) return;
    screenWidth = window.innerWidth;
    document.querySelectorAll('.chart').forEach(drawOnScreen);
  });
  window.addEventListener('toggle', function (event) {
    if (event.target.open) event.target.querySelectorAll('.chart').forEach(drawOnScreen);
  }, true);

  document.querySelectorAll('.chart').forEach(function (place) {
    const data = JSON.parse(place.nextElementSibling.textContent);
    place.described = data;
    drawOnScreen(place);
    const tools = place.closest('figure').querySelector('.tools');
    const name = fileName(place);
    const table = tableAfter(place);
    if (table) tools.append(button('CSV', () => save(name + '.csv', csvOf(table))));
    const whole = { data: data.data, layout: { ...data.layout, width: PAPER.drawn } }; // with its words
    for (const format of ['svg', 'png']) {
      tools.append(button(format.toUpperCase(), () => Plotly.downloadImage(whole, { format: format, filename: name, scale: 2 })));
    }
    const cite = button('Copy citation', function () {
      const words = (data.layout.meta.title || '') + '. ' + about.citation;
      const told = () => { cite.textContent = 'Copied'; setTimeout(() => { cite.textContent = 'Copy citation'; }, 2000); };
      if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(words).then(told);
      else window.prompt('Copy this citation:', words);
    });
    tools.append(cite);
  });

  // In print a picture is as wide as the page, whatever the screen, and never higher than a page.
  function drawForPrint(place) {
    const height = place.sheetHeight;
    const fits = PAPER.width / PAPER.drawn;
    Plotly.relayout(place, { width: PAPER.drawn, height: height });
    place.style.setProperty('--part-of-page', Math.min(100, (100 * PAPER.height) / (height * fits)) + '%');
    shrink(place, PAPER.drawn, height);
  }

  // A table that is too wide for the page is printed smaller.
  function fitForPrint(table) {
    const before = table.style.width;
    table.style.width = '1px'; // as narrow as its words allow
    table.style.setProperty('--fit', Math.min(TABLE, PAPER.width / (ROOM * table.offsetWidth)));
    table.style.width = before;
  }

  function inPrint(selector) {
    return [...document.querySelectorAll(selector)].filter((part) => !part.closest('details:not([open])'));
  }

  window.addEventListener('beforeprint', function () {
    inPrint('.chart').forEach(drawForPrint);
    inPrint('.output_html table').forEach(fitForPrint);
  });
  window.addEventListener('afterprint', () => document.querySelectorAll('.chart').forEach(drawOnScreen));

  document.querySelectorAll('details.folded').forEach((part) => { part.open = false; }); // a picture is drawn where it is seen

  // Every marker is explained; a term is explained once per section.
  function explain(root) {
    const names = Object.keys(about.terms);
    if (!names.length) return;
    const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).sort((a, b) => b.length - a.length);
    const any = new RegExp(escaped.join('|'), 'gi');
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.parentElement.closest('script, style, abbr, a, h1, h2, summary, .chart')) texts.push(node);
    }
    const told = new Set();
    for (const node of texts) {
      const parts = [];
      let from = 0;
      for (const found of node.data.matchAll(any)) {
        const term = found[0].toLowerCase();
        if (term[0] !== '[' && told.has(term)) continue;
        told.add(term);
        const short = document.createElement('abbr');
        short.title = about.terms[term];
        short.textContent = found[0];
        parts.push(node.data.slice(from, found.index), short);
        from = found.index + found[0].length;
      }
      if (parts.length) node.replaceWith(...parts, node.data.slice(from));
    }
  }
  document.querySelectorAll('main section').forEach(explain);

  // What is moved sideways can be moved with the keyboard, too.
  document.querySelectorAll('main div, main pre').forEach(function (part) {
    if (part.scrollWidth <= part.clientWidth || getComputedStyle(part).overflowX !== 'auto') return;
    part.tabIndex = 0;
    const atEnd = () => part.classList.toggle('more', part.scrollLeft + part.clientWidth < part.scrollWidth - 12);
    part.addEventListener('scroll', atEnd);
    atEnd();
  });

  const contents = document.querySelector('.contents');
  if (contents && window.matchMedia('(max-width: 72rem)').matches) contents.open = false;
})();
