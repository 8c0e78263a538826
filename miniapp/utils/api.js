// Talks to the city's API. A token is kept in the phone's storage until the server ends it.
const config = require('../config.js');

const TOKEN = 'gongyi_token';

function token() { return wx.getStorageSync(TOKEN) || ''; }
function keep(value) { wx.setStorageSync(TOKEN, value); }
function forget() { wx.removeStorageSync(TOKEN); }

// post calls an operation. It rejects with {status, code, title}, the problem's own words.
function post(path, body) {
  return new Promise(function (resolve, reject) {
    const header = { 'Content-Type': 'application/json', 'Accept-Language': 'zh-CN',
      'Idempotency-Key': 'mp-' + Date.now() + '-' + Math.random().toString(36).slice(2) };
    if (token()) header.Authorization = 'Bearer ' + token();
    wx.request({
      url: config.base + '/api/v1' + path, method: 'POST', data: body || {}, header: header,
      timeout: 15000,
      success: function (answer) {
        if (answer.statusCode < 300) return resolve(answer.data);
        const problem = answer.data || {};
        if (answer.statusCode === 401) forget();
        reject({ status: answer.statusCode, code: problem.code, title: problem.title || '没有办成，请再试一次' });
      },
      fail: function () { reject({ status: 0, code: 'offline', title: '没有网络，请再试一次' }); }
    });
  });
}

// code gets a log-in code of WeChat; each is good once, for five minutes.
function code() {
  return new Promise(function (resolve, reject) {
    wx.login({ success: function (got) { resolve(got.code); },
      fail: function () { reject({ status: 0, code: 'wechat', title: '微信登录失败，请再试一次' }); } });
  });
}

// enter logs in by WeChat alone; it rejects with people.wechat_unlinked where the phone is needed.
function enter() {
  return code().then(function (got) { return post('/wechat/sessions', { code: got }); })
    .then(function (session) { keep(session.token); return session; });
}

// enterByPhone logs in with what the phone number button gave, and lets notices go by WeChat.
function enterByPhone(phoneCode) {
  return code().then(function (got) {
    return post('/wechat/phone-sessions', { code: got, phone_code: phoneCode });
  }).then(function (session) {
    keep(session.token);
    return code().then(function (got) { return post('/me/wechat', { code: got }); })
      .catch(function () {}).then(function () { return session; });
  });
}

// address gives the web-view's address of a page of the city: with a ticket when somebody is known.
function address(path) {
  if (!token()) return Promise.resolve(config.base + path);
  return post('/me/tickets').then(function (got) {
    return config.base + '/enter?ticket=' + encodeURIComponent(got.ticket) + '&next=' + encodeURIComponent(path);
  });
}

// subscribe asks for one message of each kind, and tells the city what was granted.
function subscribe() {
  const kinds = Object.keys(config.templates);
  if (!kinds.length || !token()) return Promise.resolve();
  return new Promise(function (resolve) {
    wx.requestSubscribeMessage({
      tmplIds: kinds.slice(0, 3).map(function (kind) { return config.templates[kind]; }),
      success: function (said) {
        const yes = kinds.filter(function (kind) { return said[config.templates[kind]] === 'accept'; });
        Promise.all(yes.map(function (kind) { return post('/me/wechat/grants', { template: kind }); }))
          .then(resolve, resolve);
      },
      fail: resolve
    });
  });
}

module.exports = { address: address, base: config.base, enter: enter, enterByPhone: enterByPhone,
  forget: forget, known: function () { return !!token(); }, subscribe: subscribe };
