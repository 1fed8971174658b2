// The search page. In place of MkDocs' own script, which needs a server: this one works on a page opened from the disk.
(function () {
  var box = document.getElementById("mkdocs-search-query");
  var list = document.getElementById("mkdocs-search-results");
  if (!box || !list) return; // every page has this script; only search.html has the results

  function load(name, then) {
    var script = document.createElement("script");
    script.src = base_url.replace(/\/$/, "") + "/search/" + name;
    script.onload = then;
    document.head.appendChild(script);
  }

  function fold(text) { // as it is compared: small letters, without accents, each as long as before
    return text.normalize("NFC").replace(/./gsu, function (letter) {
      var bare = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      return bare.length === letter.length ? bare : letter;
    });
  }

  function excerpt(text, words) {
    var low = fold(text);
    var places = words.map(function (word) { return low.indexOf(word); }).filter(function (place) { return place >= 0; });
    var start = Math.max(0, (places.length ? Math.min.apply(null, places) : 0) - 80);
    var piece = text.slice(start, start + 260);
    if (start) piece = "… " + piece.replace(/^\S*\s/, ""); // no half words
    return text.length > start + 260 ? piece.replace(/\s\S*$/, " …") : piece;
  }

  function show(found, byLocation, words) {
    list.textContent = found.length ? "" : "Nothing found. Try one word, or its beginning.";
    found.slice(0, 30).forEach(function (hit) {
      var page = byLocation[hit.ref], top = byLocation[hit.ref.split("#")[0]];
      var article = list.appendChild(document.createElement("article"));
      var link = article.appendChild(document.createElement("h3")).appendChild(document.createElement("a"));
      link.href = hit.ref;
      link.textContent = top && top !== page ? top.title + " › " + page.title : page.title;
      article.appendChild(document.createElement("p")).textContent = excerpt(page.text, words);
    });
  }

  function start() {
    var byLocation = {};
    var index = lunr(function () {
      this.ref("location");
      this.field("title", { boost: 10 });
      this.field("text");
      searchIndex.docs.forEach(function (page) { byLocation[page.location] = page;
        this.add({ location: page.location, title: fold(page.title), text: fold(page.text) });
      }, this);
    });
    function search() {
      var asked = fold(box.value).split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
      var telling = asked.filter(function (word) { return lunr.stopWordFilter(word); }); // "no weight": weight tells
      var words = telling.length ? telling : asked;
      if (!words.length) { list.textContent = ""; return; }
      var hits = index.query(function (query) {
        words.forEach(function (word) {
          query.term(lunr.tokenizer(word), { boost: 10 });
          query.term(word, { wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false });
        });
      });
      // A page with all the words comes first: the English stemmer takes "forcé" for "forced", which every page has.
      function hasAll(hit) {
        var page = byLocation[hit.ref], text = fold(page.title + " " + page.text);
        return words.every(function (word) { return text.indexOf(word) >= 0; });
      }
      show(hits.filter(hasAll).concat(hits.filter(function (hit) { return !hasAll(hit); })), byLocation, words);
    }
    box.addEventListener("input", search);
    box.form.addEventListener("submit", function (event) { event.preventDefault(); search(); });
    box.value = new URLSearchParams(location.search).get("q") || "";
    search();
  }

  load("lunr.js", function () { load("search_index.js", start); });
})();
