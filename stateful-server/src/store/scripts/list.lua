local logins, tag = KEYS[1], ARGV[1]
local found = {}
for _, random in ipairs(redis.call('ZRANGE', logins, 0, -1)) do
  local value = redis.call('GET', 'session:' .. tag .. random)
  if value then
    table.insert(found, {random, value})
  else
    redis.call('ZREM', logins, random)
  end
end
settle(logins)
return found
