local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function settle(logins)
  redis.call('ZREMRANGEBYSCORE', logins, '-inf', now)
  local last = redis.call('ZRANGE', logins, -1, -1, 'WITHSCORES')[2]
  if last then redis.call('PEXPIRE', logins, last - now) end
end

