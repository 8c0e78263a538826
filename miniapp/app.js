const api = require('./utils/api.js');

App({
  globalData: { path: '' }, // where the web-view is to go next, '' for nowhere in particular

  onLaunch: function (options) {
    // A code at a gate may be opened by WeChat's own scanner: its address comes as q.
    const scanned = options && options.query && options.query.q;
    if (scanned) this.follow(decodeURIComponent(scanned));
    if (!api.known()) api.enter().catch(function () {}); // unlinked: the log-in page asks for the phone
  },

  // follow takes an address of this city to the web-view, and refuses any other.
  follow: function (address) {
    if (address.indexOf(api.base + '/') !== 0) return false;
    this.globalData.path = address.slice(api.base.length);
    return true;
  }
});
