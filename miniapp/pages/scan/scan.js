const api = require('../../utils/api.js');

Page({
  data: { fault: '' },

  // scan reads the code at a gate. Only an address of this city is followed.
  scan: function () {
    const page = this;
    wx.scanCode({
      onlyFromCamera: true, // a picture of a code is no proof of being there
      scanType: ['qrCode'],
      success: function (got) {
        if (!getApp().follow(got.result)) return page.setData({ fault: '这不是本市工驿的二维码。' });
        page.setData({ fault: '' });
        wx.switchTab({ url: '/pages/index/index' });
      }
    });
  },

  // near looks for work around the phone; the position goes into one request and is not kept.
  near: function () {
    const page = this;
    wx.getLocation({
      type: 'wgs84',
      success: function (at) {
        getApp().globalData.path = '/?order=near&lon_e6=' + Math.round(at.longitude * 1e6) +
          '&lat_e6=' + Math.round(at.latitude * 1e6);
        wx.switchTab({ url: '/pages/index/index' });
      },
      fail: function () { page.setData({ fault: '没有位置也能找活：在找活页里选区县。' }); }
    });
  },

  told: function () {
    const page = this;
    api.subscribe().then(function () { page.setData({ fault: '' }); });
  }
});
