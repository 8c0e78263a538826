package notify

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the slice's operations.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/inbox", s.Inbox)
	web.Show(m, "/messages/{message_id}/deliveries", s.FindDeliveries)
	web.Show(m, "/me/notices", s.ShowSettings)
	web.Do(m, "/me/notices", s.SetSettings)
	web.Do(m, "/me/notices/switch", s.Switch)
	web.Do(m, "/me/wechat", s.LinkWeChat)
	web.Do(m, "/me/wechat/grants", s.Grant)
}
