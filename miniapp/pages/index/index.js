const api = require('../../utils/api.js');

Page({
  data: { address: '', fault: '' },

  onShow: function () {
    const app = getApp();
    if (app.globalData.path || !this.data.address) this.open();
  },

  // open shows the page that was asked for, or the list of work.
  open: function () {
    const app = getApp();
    const page = this;
    const path = app.globalData.path || '/';
    app.globalData.path = '';
    api.address(path).catch(function (wrong) {
      if (wrong.status !== 401) throw wrong;
      return api.enter().then(function () { return api.address(path); });
    }).then(function (address) {
      page.setData({ address: address, fault: '' });
    }).catch(function (wrong) {
      if (wrong.code === 'people.wechat_unlinked') {
        app.globalData.path = path;
        return wx.navigateTo({ url: '/pages/login/login' });
      }
      page.setData({ fault: wrong.title });
    });
  },

  onMessage: function () {},

  onShareAppMessage: function () { return { title: '工驿：附近的活', path: '/pages/index/index' }; }
});
