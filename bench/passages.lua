-- wrk script: registers passages, each with an id and a document number of its own. From the environment: TOKEN, POST_ID,
-- PASSED_AT, BASE (first number; runs must not overlap) and RUN (8 hex digits that make ids of this run differ).
local token, post, passed_at = os.getenv("TOKEN"), os.getenv("POST_ID"), os.getenv("PASSED_AT")
local base, run = tonumber(os.getenv("BASE")), os.getenv("RUN")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

-- Days of birth as text, made once.
local births = {}
for year = 1950, 1999 do
  for month = 1, 12 do
    for day = 1, 28 do births[#births + 1] = string.format("%04d%02d%02d", year, month, day) end
  end
end

-- GB 11643: check character of 17 digits (ISO 7064 MOD 11-2).
local weights = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 }
local checks = { [0] = "1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2" }
local function check(digits)
  local sum = 0
  for i = 1, 17 do sum = sum + weights[i] * (string.byte(digits, i) - 48) end
  return checks[sum % 11]
end

local format = string.format
local head, at = "", 0
local millis = os.time() * 1000

local function body(n)
  local digits = "410603" .. births[n % #births + 1] .. format("%03d", math.floor(n / #births) % 1000)
  return format('{"id":"%08x-%04x-8000-8%03x-%s%04x","post_id":"%s","direction":"in","passed_at":"%s","name":"安若一",' ..
    '"doc_type":"id_card","doc_no":"%s%s","phone":"139%08d","transport":"car","plate":"豫F%05d","occupants":1,' ..
    '"from_division":"410603","to_division":"410600","temp1":36.4,"device1":"forehead","ambient":18,"decision":"pass"}',
    math.floor(millis / 65536), millis % 65536, math.floor(n / 65536) % 4096, run, n % 65536, post, passed_at, -- in order, as time gives them
    digits, check(digits), n % 100000000, n % 100000)
end

function init(args)
  -- Threads take numbers that are far apart.
  at = base + number * 4000000
  local length = #body(at)
  head = "POST /api/v1/passage HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. token ..
    "\r\nContent-Type: application/json\r\nContent-Length: " .. length .. "\r\n\r\n"
end

function request()
  at = at + 1
  return head .. body(at)
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(format('RESULT {"requests":%d,"duration_s":%.3f,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
