// Printed by `redoubt tsgen` from the field tables; not written by hand.
export type Id = string
export type DateText = string
export type InstantText = string
export type DecisionCode = 'pass' | 'turn_back' | 'fever_clinic' | 'community' | 'hold' | 'remeasure'
export type DirectionCode = 'in' | 'out'
export type DocTypeCode = 'id_card' | 'passport' | 'officer_card' | 'hk_macau_permit' | 'taiwan_permit' | 'hmt_residence' | 'exit_entry_permit' | 'other' | 'none'
export type ExposureCode = 'listed_area' | 'contact_case' | 'contact_fever' | 'cluster' | 'clinic'
export type HandoverKindCode = 'fever_clinic' | 'community'
export type HandoverStateCode = 'waiting' | 'acknowledged'
export type InboxSourceCode = 'batch' | 'import'
export type InboxStateCode = 'needs_correction' | 'conflict' | 'corrected' | 'discarded'
export type ListedAreaKindCode = 'listed' | 'other'
export type PassageWhyCode = 'fever' | 'transfer_120' | 'not_measured' | 'reading_out_of_range' | 'reading_low' | 'cold_forehead' | 'contact_case' | 'exposure' | 'symptoms' | 'first_reading_high' | 'turned_back' | 'listed_area' | 'watched_area' | 'local_destination' | 'central_observation' | 'passing_through' | 'seeks_care' | 'leaving' | 'no_document'
export type PlaceCodeKindCode = 'gb2260' | 'statistical' | 'local'
export type PlaceKindCode = 'province' | 'city' | 'county' | 'township' | 'community' | 'grid' | 'other'
export type PlateKindCode = 'standard' | 'new_energy' | 'special' | 'none' | 'other'
export type PostDirectionCode = 'in' | 'out' | 'both'
export type PostKindCode = 'road' | 'ramp' | 'station' | 'village' | 'compound'
export type PostLevelCode = 'city' | 'county' | 'township' | 'village'
export type ProfileNumberCode = 'fever_threshold' | 'valid_low' | 'valid_high' | 'low_reading' | 'cold_ambient' | 'handover_minutes' | 'turned_back_hours' | 'rest_minutes' | 'observation_days_listed' | 'observation_days_other' | 'readings_a_day' | 'retention_days'
export type PurposeCode = 'return_home' | 'work' | 'medical' | 'visit' | 'transit' | 'supply' | 'duty' | 'school' | 'other'
export type ResponseLevelCode = 'I' | 'II' | 'III' | 'IV' | 'lifted'
export type RoleCode = 'system_administrator' | 'command_office' | 'district_office' | 'checkpoint_leader' | 'checkpoint_officer' | 'auditor' | 'township_office' | 'grid_worker' | 'unit_head' | 'welfare_officer' | 'health_officer'
export type SeatCode = 'driver' | 'passenger'
export type SessionKindCode = 'browser' | 'program'
export type SexCode = 'male' | 'female'
export type SymptomCode = 'fever' | 'cough' | 'dyspnoea' | 'short_breath' | 'chest_pain' | 'fatigue' | 'sore_throat' | 'runny_nose' | 'headache' | 'muscle_pain' | 'nausea' | 'diarrhoea' | 'other'
export type ThermometerCode = 'forehead' | 'ear' | 'mercury' | 'electronic' | 'gate'
export type TransportCode = 'car' | 'bus' | 'truck' | 'motorcycle' | 'bicycle' | 'foot' | 'train'

/** 区划 · Place */
export interface Place {
  id: Id
  version: number
  place_id: Id | null
  /** 上级 · Parent place */
  parent_id: Id | null
  /** 区划代码 · Division code */
  code: string | null
  /** 代码类别 · Kind of code */
  code_kind: PlaceCodeKindCode | null
  /** 名称 · Name */
  name: string | null
  /** 层级 · Level */
  kind: PlaceKindCode | null
  /** 路径 · Path */
  path: string | null
  /** 代码启用日期 · Code valid from */
  valid_from: DateText | null
  /** 代码停用日期 · Code valid to */
  valid_to: DateText | null
  /** 负责人 · Responsible person */
  head: string | null
  /** 负责人电话 · Phone of the responsible person */
  head_phone: string | null
  /** 副负责人 · Deputy */
  deputy: string | null
  /** 副负责人电话 · Phone of the deputy */
  deputy_phone: string | null
  /** 人口 · Population, people */
  population: number | null
  /** 户数 · Households, households */
  households: number | null
  /** 经度 · Longitude, ° */
  lng: number | null
  /** 纬度 · Latitude, ° */
  lat: number | null
  /** 分区号 · Lane number */
  lane_no: number | null
  /** 来源 · Source */
  source: string | null
}

/** 边界 · Boundary */
export interface Boundary {
  id: Id
  version: number
  place_id: Id | null
  /** 边界 · Boundary (GeoJSON geometry, WGS 84) */
  geometry: unknown | null
  /** 来源 · Source */
  source: string | null
}

/** 应急响应 · Response */
export interface Response {
  id: Id
  version: number
  place_id: Id | null
  /** 疫情名称 · Name */
  name: string | null
  /** 病原体 · Pathogen */
  pathogen: string | null
  /** 开始日期 · Started on */
  started_on: DateText | null
  /** 结束日期 · Ended on */
  ended_on: DateText | null
}

/** 响应级别 · Response level */
export interface ResponseLevel {
  id: Id
  version: number
  place_id: Id | null
  /** 应急响应 · Response */
  response_id: Id | null
  /** 响应级别 · Response level */
  level: ResponseLevelCode | null
  /** 自何日起 · In force from */
  from_on: DateText | null
  /** 法律依据 · Legal basis */
  legal_basis: string | null
  /** 文号 · Order number */
  order_no: string | null
  /** 发布机关 · Issuer */
  issuer: string | null
}

/** 病种参数 · Disease profile number */
export interface ProfileNumber {
  id: Id
  version: number
  /** 应急响应 · Response */
  response_id: Id | null
  /** 参数 · Number */
  name: ProfileNumberCode | null
  /** 数值 · Value */
  value: number | null
  /** 来源 · Source */
  source: string | null
  /** 自何日起 · In force from */
  from_on: DateText | null
}

/** 重点地区 · Listed area */
export interface ListedArea {
  id: Id
  version: number
  /** 应急响应 · Response */
  response_id: Id | null
  /** 区划代码 · Division code */
  division: string | null
  /** 地区名称 · Area */
  name: string | null
  /** 类别 · Kind */
  kind: ListedAreaKindCode | null
  /** 列入日期 · Listed from */
  from_on: DateText | null
  /** 解除日期 · Listed until */
  to_on: DateText | null
  /** 依据 · Source */
  source: string | null
}

/** 账号 · Account */
export interface Account {
  id: Id
  version: number
  place_id: Id | null
  /** 账号 · Account */
  login: string | null
  /** 姓名 · Name */
  name: string | null
  /** 电话 · Phone */
  phone: string | null
  /** 上岗证号 · Duty card number */
  card_no: string | null
  /** 启用 · Active */
  active: boolean | null
  /** 须改密码 · Password must be changed */
  must_change: boolean | null
  /** 连续失败次数 · Failed sign-ins in a row */
  failures: number | null
  /** 锁定至 · Locked until */
  locked_until: InstantText | null
}

/** 授权 · Grant */
export interface Grant {
  id: Id
  version: number
  place_id: Id | null
  /** 账号 · Account */
  account_id: Id | null
  /** 岗位 · Role */
  role: RoleCode | null
  /** 自 · From */
  from_on: DateText | null
  /** 至 · Until */
  to_on: DateText | null
}

/** 会话 · Session */
export interface Session {
  id: Id
  version: number
  place_id: Id | null
  /** 账号 · Account */
  account_id: Id | null
  /** 方式 · Kind */
  kind: SessionKindCode | null
  /** 设备 · Device */
  device: string | null
  /** 登录时间 · Started */
  started_at: InstantText | null
  /** 到期时间 · Expires */
  expires_at: InstantText | null
  /** 注销时间 · Revoked */
  revoked_at: InstantText | null
}

/** 卡点 · Checkpoint */
export interface Post {
  id: Id
  version: number
  place_id: Id | null
  /** 卡点编号 · Code */
  code: string | null
  /** 卡点名称 · Name */
  name: string | null
  /** 类型 · Kind */
  kind: PostKindCode | null
  /** 级别 · Level */
  level: PostLevelCode | null
  /** 位置 · Site */
  site: string | null
  /** 道路 · Road */
  road: string | null
  /** 查验方向 · Direction */
  direction: PostDirectionCode | null
  /** 相邻区划 · Neighbouring division */
  neighbour_division: string | null
  /** 经度 · Longitude, ° */
  lng: number | null
  /** 纬度 · Latitude, ° */
  lat: number | null
  /** 24 小时 · 24 hours */
  all_day: boolean | null
  /** 包保人 · Owner */
  owner: string | null
  /** 包保人电话 · Owner's phone */
  owner_phone: string | null
  /** 副包保人 · Deputy */
  deputy: string | null
  /** 副包保人电话 · Deputy's phone */
  deputy_phone: string | null
  /** 启用时间 · Opened */
  opened_at: InstantText | null
  /** 停用时间 · Closed */
  closed_at: InstantText | null
}

/** 启用时段 · Open period */
export interface PostPeriod {
  id: Id
  version: number
  place_id: Id | null
  /** 卡点 · Checkpoint */
  post_id: Id | null
  /** 启用时间 · Opened */
  opened_at: InstantText | null
  /** 停用时间 · Closed */
  closed_at: InstantText | null
  /** 理由 · Reason */
  reason: string | null
}

/** 人员 · Person */
export interface Person {
  id: Id
  version: number
  place_id: Id | null
  /** 姓名 · Name */
  name: string | null
  /** 证件类型 · Document type */
  doc_type: DocTypeCode | null
  /** 证件号码 · Document number */
  doc_no: string | null
  /** 无证件理由 · Reason for no document */
  no_doc_reason: string | null
  /** 性别 · Sex */
  sex: SexCode | null
  /** 出生日期 · Born on */
  born_on: DateText | null
  /** 电话 · Phone */
  phone: string | null
  /** 户籍地区划 · Home division */
  home_division: string | null
  /** 最近通行日期 · Last passage on */
  seen_on: DateText | null
}

/** 通行登记 · Passage */
export interface Passage {
  id: Id
  version: number
  place_id: Id | null
  /** 卡点 · Checkpoint */
  post_id: Id | null
  /** 同车编号 · Flow (one vehicle) */
  flow_id: Id | null
  /** 人员 · Person */
  person_id: Id | null
  /** 方向 · Direction */
  direction: DirectionCode | null
  /** 通过时间 · Passed at */
  passed_at: InstantText | null
  /** 车牌号 · Plate */
  plate: string | null
  /** 号牌种类 · Kind of plate */
  plate_kind: PlateKindCode | null
  /** 交通方式 · Transport */
  transport: TransportCode | null
  /** 同车人数 · Occupants, people */
  occupants: number | null
  /** 座位 · Seat */
  seat: SeatCode | null
  /** 来自 · From division */
  from_division: string | null
  /** 离开时间 · Left at */
  left_at: InstantText | null
  /** 14 天行程 · Route of 14 days */
  via: string[] | null
  /** 去往 · To division */
  to_division: string | null
  /** 详细地址 · Address */
  to_address: string | null
  /** 本地联系人 · Local contact */
  local_contact: string | null
  /** 联系人电话 · Contact's phone */
  local_contact_phone: string | null
  /** 事由 · Purpose */
  purpose: PurposeCode | null
  /** 首测体温 · First temperature, °C */
  temp1: number | null
  /** 首测器具 · First device */
  device1: ThermometerCode | null
  /** 环境温度 · Ambient temperature, °C */
  ambient: number | null
  /** 复测体温 · Second temperature, °C */
  temp2: number | null
  /** 复测器具 · Second device */
  device2: ThermometerCode | null
  /** 症状 · Symptoms */
  symptoms: SymptomCode[] | null
  /** 接触史 · Exposure history */
  history: ExposureCode[] | null
  /** 建议处置 · Proposal */
  proposal: DecisionCode | null
  /** 建议依据 · Why */
  why: PassageWhyCode[] | null
  /** 处置 · Decision */
  decision: DecisionCode | null
  /** 处置理由 · Reason */
  reason: string | null
  /** 移交对象 · Handed to */
  handed_to: string | null
  /** 移交单 · Hand-over */
  handover_id: Id | null
  /** 发热 · Fever */
  fever: boolean | null
  /** 查验员 · Officer */
  officer_id: Id | null
  /** 上岗证号 · Officer's card number */
  officer_card: string | null
  /** 代录 · Entered for somebody else or from paper */
  proxy: boolean | null
  /** 自填表 · Traveller's own form */
  declaration_id: Id | null
}

/** 移交 · Hand-over */
export interface Handover {
  id: Id
  version: number
  place_id: Id | null
  /** 通行登记 · Passage */
  passage_id: Id | null
  /** 移出卡点 · From checkpoint */
  from_post_id: Id | null
  /** 类别 · Kind */
  kind: HandoverKindCode | null
  /** 接收单位 · Receiver */
  to_name: string | null
  /** 姓名 · Name */
  name: string | null
  /** 电话 · Phone */
  phone: string | null
  /** 详细地址 · Address */
  to_address: string | null
  /** 体温 · Temperature, °C */
  temp: number | null
  /** 移交时间 · Sent */
  sent_at: InstantText | null
  /** 应确认时间 · Due */
  due_at: InstantText | null
  /** 确认时间 · Acknowledged */
  acknowledged_at: InstantText | null
  /** 状态 · State */
  state: HandoverStateCode | null
  /** 确认人 · Acknowledged by */
  acknowledged_by: Id | null
  /** 备注 · Note */
  note: string | null
}

/** 自填表 · Traveller's own form */
export interface Declaration {
  id: Id
  version: number
  place_id: Id | null
  /** 卡点 · Checkpoint */
  post_id: Id | null
  /** 失效时间 · Expires */
  expires_at: InstantText | null
  /** 已使用 · Used */
  used: boolean | null
}

/** 待更正 · Inbox */
export interface Inbox {
  id: Id
  version: number
  place_id: Id | null
  /** 操作 · Command */
  command: string | null
  /** 原编号 · Id as sent */
  command_id: Id | null
  /** 对象 · Row */
  target_id: Id | null
  /** 来源 · Source */
  source: InboxSourceCode | null
  /** 行号 · Line */
  line: number | null
  /** 状态 · State */
  state: InboxStateCode | null
  /** 问题 · Problems */
  problems: unknown | null
  /** 录入时间 · Entered */
  at_device: InstantText | null
  /** 录入人 · Entered by */
  actor_id: Id | null
  /** 说明 · Note */
  note: string | null
}

/** 新建账号 · Create an account: POST /api/v1/account */
export interface AccountCreateInput {
  /** 所属地区 · Home place */
  place_id: Id
  /** 账号 · Account */
  login: string
  /** 姓名 · Name */
  name: string
  /** 电话 · Phone */
  phone?: string | null
  /** 上岗证号 · Duty card number */
  card_no?: string | null
  /** 初始密码 · Initial password */
  password?: string | null
  /** 岗位 · Role */
  role?: RoleCode | null
}

/** 重置密码 · Set a password for somebody: POST /api/v1/account/set_password */
export interface AccountSetPasswordInput {
  /** 新密码 · New password */
  password: string
  /** 原密码 · Present password */
  present?: string | null
}

/** 新建 · Create: POST /api/v1/boundary */
export interface BoundaryCreateInput {
  place_id: Id
  /** 边界 · Boundary (GeoJSON geometry, WGS 84) */
  geometry: unknown
  /** 来源 · Source */
  source?: string | null
}

/** 自填登记 · A traveller's own form: POST /api/v1/declaration */
export interface DeclarationCreateInput {
  /** 卡点编号 · Checkpoint code */
  post_code: string
  /** 姓名 · Name */
  name: string
  /** 证件类型 · Document type */
  doc_type: DocTypeCode
  /** 证件号码 · Document number */
  doc_no?: string | null
  /** 无证件理由 · Reason for no document */
  no_doc_reason?: string | null
  /** 性别 · Sex */
  sex?: SexCode | null
  /** 出生日期 · Born on */
  born_on?: DateText | null
  /** 电话 · Phone */
  phone?: string | null
  /** 户籍地区划 · Home division */
  home_division?: string | null
  /** 车牌号 · Plate */
  plate?: string | null
  /** 交通方式 · Transport */
  transport?: TransportCode | null
  /** 来自 · From division */
  from_division: string
  /** 14 天行程 · Route of 14 days */
  via?: string[] | null
  /** 去往 · To division */
  to_division?: string | null
  /** 详细地址 · Address */
  to_address?: string | null
  /** 本地联系人 · Local contact */
  local_contact?: string | null
  /** 联系人电话 · Contact's phone */
  local_contact_phone?: string | null
  /** 事由 · Purpose */
  purpose?: PurposeCode | null
  /** 症状 · Symptoms */
  symptoms?: SymptomCode[] | null
  /** 接触史 · Exposure history */
  history?: ExposureCode[] | null
  /** 已读告知 · Notice read */
  notice_read: boolean
}

/** 取登记码 · Find a traveller's own form by its code: POST /api/v1/declaration/find */
export interface DeclarationFindInput {
  /** 卡点 · Checkpoint */
  post_id: Id
  /** 登记码 · Code */
  code: string
}

/** 授权 · Grant a role in a place: POST /api/v1/grant */
export interface GrantCreateInput {
  /** 账号 · Account */
  account_id: Id
  /** 地区 · Place */
  place_id: Id
  /** 岗位 · Role */
  role: RoleCode
  /** 自 · From */
  from_on?: DateText | null
  /** 至 · Until */
  to_on?: DateText | null
}

/** 确认接收 · Acknowledge a hand-over: POST /api/v1/handover/acknowledge */
export interface HandoverAcknowledgeInput {
  /** 备注 · Note */
  note?: string | null
}

/** 更正 · Correct and run again: POST /api/v1/inbox/correct */
export interface InboxCorrectInput {
  /** 更正内容 · Corrected input */
  data: unknown
}

/** 新建 · Create: POST /api/v1/listed_area */
export interface ListedAreaCreateInput {
  /** 应急响应 · Response */
  response_id: Id
  /** 区划代码 · Division code */
  division: string
  /** 地区名称 · Area */
  name: string
  /** 类别 · Kind */
  kind: ListedAreaKindCode
  /** 列入日期 · Listed from */
  from_on: DateText
  /** 解除日期 · Listed until */
  to_on?: DateText | null
  /** 依据 · Source */
  source: string
}

/** 到期汇总删除 · Fold passed travellers of 28 days ago into hourly counts: POST /api/v1/passage/fold */
export interface PassageFoldInput {
  /** 此日之前 · Before this day (default: 28 days ago) */
  before?: DateText | null
}

/** 建议处置 · Propose a decision and say why: POST /api/v1/passage/propose */
export interface PassageProposeInput {
  /** 卡点 · Checkpoint */
  post_id: Id
  /** 同车编号 · Flow (one vehicle) */
  flow_id?: Id | null
  /** 方向 · Direction */
  direction: DirectionCode
  /** 通过时间 · Passed at */
  passed_at: InstantText
  /** 姓名 · Name */
  name: string
  /** 证件类型 · Document type */
  doc_type: DocTypeCode
  /** 证件号码 · Document number */
  doc_no?: string | null
  /** 无证件理由 · Reason for no document */
  no_doc_reason?: string | null
  /** 性别 · Sex */
  sex?: SexCode | null
  /** 出生日期 · Born on */
  born_on?: DateText | null
  /** 电话 · Phone */
  phone?: string | null
  /** 户籍地区划 · Home division */
  home_division?: string | null
  /** 车牌号 · Plate */
  plate?: string | null
  /** 号牌种类 · Kind of plate */
  plate_kind?: PlateKindCode | null
  /** 交通方式 · Transport */
  transport: TransportCode
  /** 同车人数 · Occupants */
  occupants?: number | null
  /** 座位 · Seat */
  seat?: SeatCode | null
  /** 来自 · From division */
  from_division: string
  /** 离开时间 · Left at */
  left_at?: InstantText | null
  /** 14 天行程 · Route of 14 days */
  via?: string[] | null
  /** 去往 · To division */
  to_division?: string | null
  /** 详细地址 · Address */
  to_address?: string | null
  /** 本地联系人 · Local contact */
  local_contact?: string | null
  /** 联系人电话 · Contact's phone */
  local_contact_phone?: string | null
  /** 事由 · Purpose */
  purpose?: PurposeCode | null
  /** 首测体温 · First temperature, °C */
  temp1: number
  /** 首测器具 · First device */
  device1: ThermometerCode
  /** 环境温度 · Ambient temperature, °C */
  ambient?: number | null
  /** 复测体温 · Second temperature, °C */
  temp2?: number | null
  /** 复测器具 · Second device */
  device2?: ThermometerCode | null
  /** 症状 · Symptoms */
  symptoms?: SymptomCode[] | null
  /** 接触史 · Exposure history */
  history?: ExposureCode[] | null
  /** 处置 · Decision */
  decision: DecisionCode
  /** 处置理由 · Reason */
  reason?: string | null
  /** 移交对象 · Handed to */
  handed_to?: string | null
  /** 接收地区 · Receiving place */
  handover_place_id?: Id | null
  /** 上岗证号 · Officer's card number */
  officer_card?: string | null
  /** 代录 · Entered for somebody else or from paper */
  proxy?: boolean | null
  /** 登记码 · Code of the traveller's own form */
  declaration_code?: string | null
}

/** 登记通行 · Register a passage: POST /api/v1/passage */
export interface PassageRegisterInput {
  /** 卡点 · Checkpoint */
  post_id: Id
  /** 同车编号 · Flow (one vehicle) */
  flow_id?: Id | null
  /** 方向 · Direction */
  direction: DirectionCode
  /** 通过时间 · Passed at */
  passed_at: InstantText
  /** 姓名 · Name */
  name: string
  /** 证件类型 · Document type */
  doc_type: DocTypeCode
  /** 证件号码 · Document number */
  doc_no?: string | null
  /** 无证件理由 · Reason for no document */
  no_doc_reason?: string | null
  /** 性别 · Sex */
  sex?: SexCode | null
  /** 出生日期 · Born on */
  born_on?: DateText | null
  /** 电话 · Phone */
  phone?: string | null
  /** 户籍地区划 · Home division */
  home_division?: string | null
  /** 车牌号 · Plate */
  plate?: string | null
  /** 号牌种类 · Kind of plate */
  plate_kind?: PlateKindCode | null
  /** 交通方式 · Transport */
  transport: TransportCode
  /** 同车人数 · Occupants */
  occupants?: number | null
  /** 座位 · Seat */
  seat?: SeatCode | null
  /** 来自 · From division */
  from_division: string
  /** 离开时间 · Left at */
  left_at?: InstantText | null
  /** 14 天行程 · Route of 14 days */
  via?: string[] | null
  /** 去往 · To division */
  to_division?: string | null
  /** 详细地址 · Address */
  to_address?: string | null
  /** 本地联系人 · Local contact */
  local_contact?: string | null
  /** 联系人电话 · Contact's phone */
  local_contact_phone?: string | null
  /** 事由 · Purpose */
  purpose?: PurposeCode | null
  /** 首测体温 · First temperature, °C */
  temp1: number
  /** 首测器具 · First device */
  device1: ThermometerCode
  /** 环境温度 · Ambient temperature, °C */
  ambient?: number | null
  /** 复测体温 · Second temperature, °C */
  temp2?: number | null
  /** 复测器具 · Second device */
  device2?: ThermometerCode | null
  /** 症状 · Symptoms */
  symptoms?: SymptomCode[] | null
  /** 接触史 · Exposure history */
  history?: ExposureCode[] | null
  /** 处置 · Decision */
  decision: DecisionCode
  /** 处置理由 · Reason */
  reason?: string | null
  /** 移交对象 · Handed to */
  handed_to?: string | null
  /** 接收地区 · Receiving place */
  handover_place_id?: Id | null
  /** 上岗证号 · Officer's card number */
  officer_card?: string | null
  /** 代录 · Entered for somebody else or from paper */
  proxy?: boolean | null
  /** 登记码 · Code of the traveller's own form */
  declaration_code?: string | null
}

/** 登记人员 · Register a person: POST /api/v1/person */
export interface PersonCreateInput {
  place_id: Id
  /** 姓名 · Name */
  name: string
  /** 证件类型 · Document type */
  doc_type: DocTypeCode
  /** 证件号码 · Document number */
  doc_no?: string | null
  /** 无证件理由 · Reason for no document */
  no_doc_reason?: string | null
  /** 性别 · Sex */
  sex?: SexCode | null
  /** 出生日期 · Born on */
  born_on?: DateText | null
  /** 电话 · Phone */
  phone?: string | null
  /** 户籍地区划 · Home division */
  home_division?: string | null
}

/** 新建区划 · Create a place: POST /api/v1/place */
export interface PlaceCreateInput {
  /** 上级 · Parent place */
  parent_id?: Id | null
  /** 区划代码 · Division code */
  code: string
  /** 代码类别 · Kind of code */
  code_kind?: PlaceCodeKindCode | null
  /** 名称 · Name */
  name: string
  /** 层级 · Level */
  kind: PlaceKindCode
  /** 代码启用日期 · Code valid from */
  valid_from?: DateText | null
  /** 代码停用日期 · Code valid to */
  valid_to?: DateText | null
  /** 负责人 · Responsible person */
  head?: string | null
  /** 负责人电话 · Phone of the responsible person */
  head_phone?: string | null
  /** 副负责人 · Deputy */
  deputy?: string | null
  /** 副负责人电话 · Phone of the deputy */
  deputy_phone?: string | null
  /** 人口 · Population, people */
  population?: number | null
  /** 户数 · Households, households */
  households?: number | null
  /** 经度 · Longitude, ° */
  lng?: number | null
  /** 纬度 · Latitude, ° */
  lat?: number | null
  /** 来源 · Source */
  source?: string | null
}

/** 停用 · Close: POST /api/v1/post/close */
export interface PostCloseInput {
  /** 时间 · At */
  at?: InstantText | null
}

/** 设立卡点 · Set up a checkpoint: POST /api/v1/post */
export interface PostCreateInput {
  place_id: Id
  /** 卡点编号 · Code */
  code: string
  /** 卡点名称 · Name */
  name: string
  /** 类型 · Kind */
  kind: PostKindCode
  /** 级别 · Level */
  level: PostLevelCode
  /** 位置 · Site */
  site?: string | null
  /** 道路 · Road */
  road?: string | null
  /** 查验方向 · Direction */
  direction?: PostDirectionCode | null
  /** 相邻区划 · Neighbouring division */
  neighbour_division?: string | null
  /** 经度 · Longitude, ° */
  lng?: number | null
  /** 纬度 · Latitude, ° */
  lat?: number | null
  /** 24 小时 · 24 hours */
  all_day?: boolean | null
  /** 包保人 · Owner */
  owner?: string | null
  /** 包保人电话 · Owner's phone */
  owner_phone?: string | null
  /** 副包保人 · Deputy */
  deputy?: string | null
  /** 副包保人电话 · Deputy's phone */
  deputy_phone?: string | null
}

/** 启用 · Open: POST /api/v1/post/open */
export interface PostOpenInput {
  /** 时间 · At */
  at?: InstantText | null
}

/** 新建 · Create: POST /api/v1/profile_number */
export interface ProfileNumberCreateInput {
  /** 应急响应 · Response */
  response_id: Id
  /** 参数 · Number */
  name: ProfileNumberCode
  /** 数值 · Value */
  value: number
  /** 来源 · Source */
  source: string
  /** 自何日起 · In force from */
  from_on: DateText
}

/** 新建 · Create: POST /api/v1/response */
export interface ResponseCreateInput {
  place_id: Id
  /** 疫情名称 · Name */
  name: string
  /** 病原体 · Pathogen */
  pathogen: string
  /** 开始日期 · Started on */
  started_on: DateText
  /** 结束日期 · Ended on */
  ended_on?: DateText | null
}

/** 新建 · Create: POST /api/v1/response_level */
export interface ResponseLevelCreateInput {
  place_id: Id
  /** 应急响应 · Response */
  response_id: Id
  /** 响应级别 · Response level */
  level: ResponseLevelCode
  /** 自何日起 · In force from */
  from_on: DateText
  /** 法律依据 · Legal basis */
  legal_basis: string
  /** 文号 · Order number */
  order_no: string
  /** 发布机关 · Issuer */
  issuer: string
}

/** 登录 · Sign in: POST /api/v1/session/login */
export interface SessionLoginInput {
  /** 账号 · Account */
  login: string
  /** 密码 · Password */
  password: string
  /** 方式 · Kind */
  kind?: SessionKindCode | null
  /** 设备 · Device */
  device?: string | null
}

export type FieldKind = 'text' | 'integer' | 'tenths' | 'degrees' | 'flag' | 'code' | 'list' | 'date' | 'instant' | 'id' | 'document'
export interface Field {
  name: string; zh: string; en: string; kind: FieldKind
  required?: boolean; readonly?: boolean; once?: boolean; lines?: boolean; personal?: boolean; filter?: boolean; sort?: boolean
  codes?: string; target?: string; unit?: string
  /** Characters of a text, items of a list, the value of a number. */
  min?: number; max?: number
}

export const FIELDS: Record<string, Field[]> = {
  place: [
    { name: 'parent_id', zh: "上级", en: "Parent place", kind: 'id', once: true, filter: true, target: "place" },
    { name: 'code', zh: "区划代码", en: "Division code", kind: 'text', required: true, once: true, filter: true, sort: true, min: 2, max: 24 },
    { name: 'code_kind', zh: "代码类别", en: "Kind of code", kind: 'code', once: true, filter: true, codes: "place_code_kind" },
    { name: 'name', zh: "名称", en: "Name", kind: 'text', required: true, sort: true, max: 60 },
    { name: 'kind', zh: "层级", en: "Level", kind: 'code', required: true, filter: true, codes: "place_kind" },
    { name: 'path', zh: "路径", en: "Path", kind: 'text', readonly: true, sort: true, max: 200 },
    { name: 'valid_from', zh: "代码启用日期", en: "Code valid from", kind: 'date' },
    { name: 'valid_to', zh: "代码停用日期", en: "Code valid to", kind: 'date' },
    { name: 'head', zh: "负责人", en: "Responsible person", kind: 'text', personal: true, max: 40 },
    { name: 'head_phone', zh: "负责人电话", en: "Phone of the responsible person", kind: 'text', personal: true, max: 20 },
    { name: 'deputy', zh: "副负责人", en: "Deputy", kind: 'text', personal: true, max: 40 },
    { name: 'deputy_phone', zh: "副负责人电话", en: "Phone of the deputy", kind: 'text', personal: true, max: 20 },
    { name: 'population', zh: "人口", en: "Population", kind: 'integer', unit: "people", max: 2000000000 },
    { name: 'households', zh: "户数", en: "Households", kind: 'integer', unit: "households", max: 1000000000 },
    { name: 'lng', zh: "经度", en: "Longitude", kind: 'degrees', unit: "°", min: -180, max: 180 },
    { name: 'lat', zh: "纬度", en: "Latitude", kind: 'degrees', unit: "°", min: -90, max: 90 },
    { name: 'lane_no', zh: "分区号", en: "Lane number", kind: 'integer', readonly: true },
    { name: 'source', zh: "来源", en: "Source", kind: 'text', max: 200 },
  ],
  boundary: [
    { name: 'geometry', zh: "边界", en: "Boundary (GeoJSON geometry, WGS 84)", kind: 'document', required: true, max: 4000000 },
    { name: 'source', zh: "来源", en: "Source", kind: 'text', max: 200 },
  ],
  response: [
    { name: 'name', zh: "疫情名称", en: "Name", kind: 'text', required: true, max: 80 },
    { name: 'pathogen', zh: "病原体", en: "Pathogen", kind: 'text', required: true, max: 80 },
    { name: 'started_on', zh: "开始日期", en: "Started on", kind: 'date', required: true },
    { name: 'ended_on', zh: "结束日期", en: "Ended on", kind: 'date' },
  ],
  response_level: [
    { name: 'response_id', zh: "应急响应", en: "Response", kind: 'id', required: true, once: true, filter: true, target: "response" },
    { name: 'level', zh: "响应级别", en: "Response level", kind: 'code', required: true, filter: true, codes: "response_level" },
    { name: 'from_on', zh: "自何日起", en: "In force from", kind: 'date', required: true, sort: true },
    { name: 'legal_basis', zh: "法律依据", en: "Legal basis", kind: 'text', required: true, max: 300 },
    { name: 'order_no', zh: "文号", en: "Order number", kind: 'text', required: true, max: 80 },
    { name: 'issuer', zh: "发布机关", en: "Issuer", kind: 'text', required: true, max: 80 },
  ],
  profile_number: [
    { name: 'response_id', zh: "应急响应", en: "Response", kind: 'id', required: true, once: true, filter: true, target: "response" },
    { name: 'name', zh: "参数", en: "Number", kind: 'code', required: true, once: true, filter: true, codes: "profile_number" },
    { name: 'value', zh: "数值", en: "Value", kind: 'tenths', required: true, max: 10000 },
    { name: 'source', zh: "来源", en: "Source", kind: 'text', required: true, max: 300 },
    { name: 'from_on', zh: "自何日起", en: "In force from", kind: 'date', required: true },
  ],
  listed_area: [
    { name: 'response_id', zh: "应急响应", en: "Response", kind: 'id', required: true, once: true, filter: true, target: "response" },
    { name: 'division', zh: "区划代码", en: "Division code", kind: 'text', required: true, sort: true, min: 6, max: 12 },
    { name: 'name', zh: "地区名称", en: "Area", kind: 'text', required: true, max: 60 },
    { name: 'kind', zh: "类别", en: "Kind", kind: 'code', required: true, filter: true, codes: "listed_area_kind" },
    { name: 'from_on', zh: "列入日期", en: "Listed from", kind: 'date', required: true },
    { name: 'to_on', zh: "解除日期", en: "Listed until", kind: 'date' },
    { name: 'source', zh: "依据", en: "Source", kind: 'text', required: true, max: 300 },
  ],
  account: [
    { name: 'login', zh: "账号", en: "Account", kind: 'text', required: true, once: true, filter: true, sort: true, min: 2, max: 40 },
    { name: 'name', zh: "姓名", en: "Name", kind: 'text', required: true, personal: true, sort: true, max: 40 },
    { name: 'phone', zh: "电话", en: "Phone", kind: 'text', personal: true, max: 20 },
    { name: 'card_no', zh: "上岗证号", en: "Duty card number", kind: 'text', filter: true, max: 20 },
    { name: 'active', zh: "启用", en: "Active", kind: 'flag', filter: true },
    { name: 'must_change', zh: "须改密码", en: "Password must be changed", kind: 'flag', readonly: true },
    { name: 'failures', zh: "连续失败次数", en: "Failed sign-ins in a row", kind: 'integer', readonly: true },
    { name: 'locked_until', zh: "锁定至", en: "Locked until", kind: 'instant', readonly: true },
  ],
  grant: [
    { name: 'account_id', zh: "账号", en: "Account", kind: 'id', required: true, once: true, filter: true, target: "account" },
    { name: 'role', zh: "岗位", en: "Role", kind: 'code', required: true, once: true, filter: true, codes: "role" },
    { name: 'from_on', zh: "自", en: "From", kind: 'date' },
    { name: 'to_on', zh: "至", en: "Until", kind: 'date' },
  ],
  session: [
    { name: 'account_id', zh: "账号", en: "Account", kind: 'id', readonly: true, filter: true, target: "account" },
    { name: 'kind', zh: "方式", en: "Kind", kind: 'code', readonly: true, filter: true, codes: "session_kind" },
    { name: 'device', zh: "设备", en: "Device", kind: 'text', readonly: true, max: 200 },
    { name: 'started_at', zh: "登录时间", en: "Started", kind: 'instant', readonly: true },
    { name: 'expires_at', zh: "到期时间", en: "Expires", kind: 'instant', readonly: true },
    { name: 'revoked_at', zh: "注销时间", en: "Revoked", kind: 'instant', readonly: true },
  ],
  post: [
    { name: 'code', zh: "卡点编号", en: "Code", kind: 'text', required: true, once: true, filter: true, sort: true, min: 2, max: 16 },
    { name: 'name', zh: "卡点名称", en: "Name", kind: 'text', required: true, sort: true, max: 60 },
    { name: 'kind', zh: "类型", en: "Kind", kind: 'code', required: true, filter: true, codes: "post_kind" },
    { name: 'level', zh: "级别", en: "Level", kind: 'code', required: true, filter: true, codes: "post_level" },
    { name: 'site', zh: "位置", en: "Site", kind: 'text', max: 120 },
    { name: 'road', zh: "道路", en: "Road", kind: 'text', max: 80 },
    { name: 'direction', zh: "查验方向", en: "Direction", kind: 'code', codes: "post_direction" },
    { name: 'neighbour_division', zh: "相邻区划", en: "Neighbouring division", kind: 'text', max: 12 },
    { name: 'lng', zh: "经度", en: "Longitude", kind: 'degrees', unit: "°", min: -180, max: 180 },
    { name: 'lat', zh: "纬度", en: "Latitude", kind: 'degrees', unit: "°", min: -90, max: 90 },
    { name: 'all_day', zh: "24 小时", en: "24 hours", kind: 'flag', filter: true },
    { name: 'owner', zh: "包保人", en: "Owner", kind: 'text', personal: true, max: 40 },
    { name: 'owner_phone', zh: "包保人电话", en: "Owner's phone", kind: 'text', personal: true, max: 20 },
    { name: 'deputy', zh: "副包保人", en: "Deputy", kind: 'text', personal: true, max: 40 },
    { name: 'deputy_phone', zh: "副包保人电话", en: "Deputy's phone", kind: 'text', personal: true, max: 20 },
    { name: 'opened_at', zh: "启用时间", en: "Opened", kind: 'instant', readonly: true },
    { name: 'closed_at', zh: "停用时间", en: "Closed", kind: 'instant', readonly: true, filter: true },
  ],
  post_period: [
    { name: 'post_id', zh: "卡点", en: "Checkpoint", kind: 'id', readonly: true, filter: true, target: "post" },
    { name: 'opened_at', zh: "启用时间", en: "Opened", kind: 'instant', readonly: true },
    { name: 'closed_at', zh: "停用时间", en: "Closed", kind: 'instant', readonly: true },
    { name: 'reason', zh: "理由", en: "Reason", kind: 'text', readonly: true, max: 300 },
  ],
  person: [
    { name: 'name', zh: "姓名", en: "Name", kind: 'text', required: true, personal: true, max: 60 },
    { name: 'doc_type', zh: "证件类型", en: "Document type", kind: 'code', required: true, filter: true, codes: "doc_type" },
    { name: 'doc_no', zh: "证件号码", en: "Document number", kind: 'text', personal: true, max: 30 },
    { name: 'no_doc_reason', zh: "无证件理由", en: "Reason for no document", kind: 'text', max: 200 },
    { name: 'sex', zh: "性别", en: "Sex", kind: 'code', personal: true, codes: "sex" },
    { name: 'born_on', zh: "出生日期", en: "Born on", kind: 'date', personal: true },
    { name: 'phone', zh: "电话", en: "Phone", kind: 'text', personal: true, max: 20 },
    { name: 'home_division', zh: "户籍地区划", en: "Home division", kind: 'text', filter: true, max: 12 },
    { name: 'seen_on', zh: "最近通行日期", en: "Last passage on", kind: 'date', readonly: true },
  ],
  passage: [
    { name: 'post_id', zh: "卡点", en: "Checkpoint", kind: 'id', readonly: true, filter: true, target: "post" },
    { name: 'flow_id', zh: "同车编号", en: "Flow (one vehicle)", kind: 'id', readonly: true, filter: true },
    { name: 'person_id', zh: "人员", en: "Person", kind: 'id', readonly: true, filter: true, target: "person" },
    { name: 'direction', zh: "方向", en: "Direction", kind: 'code', readonly: true, filter: true, codes: "direction" },
    { name: 'passed_at', zh: "通过时间", en: "Passed at", kind: 'instant', readonly: true, filter: true, sort: true },
    { name: 'plate', zh: "车牌号", en: "Plate", kind: 'text', readonly: true, personal: true, max: 12 },
    { name: 'plate_kind', zh: "号牌种类", en: "Kind of plate", kind: 'code', readonly: true, codes: "plate_kind" },
    { name: 'transport', zh: "交通方式", en: "Transport", kind: 'code', readonly: true, filter: true, codes: "transport" },
    { name: 'occupants', zh: "同车人数", en: "Occupants", kind: 'integer', readonly: true, unit: "people" },
    { name: 'seat', zh: "座位", en: "Seat", kind: 'code', readonly: true, codes: "seat" },
    { name: 'from_division', zh: "来自", en: "From division", kind: 'text', readonly: true, filter: true, max: 12 },
    { name: 'left_at', zh: "离开时间", en: "Left at", kind: 'instant', readonly: true },
    { name: 'via', zh: "14 天行程", en: "Route of 14 days", kind: 'list', readonly: true, max: 20 },
    { name: 'to_division', zh: "去往", en: "To division", kind: 'text', readonly: true, filter: true, max: 12 },
    { name: 'to_address', zh: "详细地址", en: "Address", kind: 'text', readonly: true, personal: true, max: 200 },
    { name: 'local_contact', zh: "本地联系人", en: "Local contact", kind: 'text', readonly: true, personal: true, max: 60 },
    { name: 'local_contact_phone', zh: "联系人电话", en: "Contact's phone", kind: 'text', readonly: true, personal: true, max: 20 },
    { name: 'purpose', zh: "事由", en: "Purpose", kind: 'code', readonly: true, filter: true, codes: "purpose" },
    { name: 'temp1', zh: "首测体温", en: "First temperature", kind: 'tenths', readonly: true, unit: "°C", min: 30, max: 45 },
    { name: 'device1', zh: "首测器具", en: "First device", kind: 'code', readonly: true, codes: "thermometer" },
    { name: 'ambient', zh: "环境温度", en: "Ambient temperature", kind: 'tenths', readonly: true, unit: "°C", min: -50, max: 60 },
    { name: 'temp2', zh: "复测体温", en: "Second temperature", kind: 'tenths', readonly: true, unit: "°C", min: 30, max: 45 },
    { name: 'device2', zh: "复测器具", en: "Second device", kind: 'code', readonly: true, codes: "thermometer" },
    { name: 'symptoms', zh: "症状", en: "Symptoms", kind: 'list', readonly: true, personal: true, codes: "symptom", max: 12 },
    { name: 'history', zh: "接触史", en: "Exposure history", kind: 'list', readonly: true, personal: true, codes: "exposure", max: 8 },
    { name: 'proposal', zh: "建议处置", en: "Proposal", kind: 'code', readonly: true, filter: true, codes: "decision" },
    { name: 'why', zh: "建议依据", en: "Why", kind: 'list', readonly: true, codes: "passage_why", max: 12 },
    { name: 'decision', zh: "处置", en: "Decision", kind: 'code', readonly: true, filter: true, codes: "decision" },
    { name: 'reason', zh: "处置理由", en: "Reason", kind: 'text', readonly: true, max: 300 },
    { name: 'handed_to', zh: "移交对象", en: "Handed to", kind: 'text', readonly: true, max: 100 },
    { name: 'handover_id', zh: "移交单", en: "Hand-over", kind: 'id', readonly: true, target: "handover" },
    { name: 'fever', zh: "发热", en: "Fever", kind: 'flag', readonly: true, filter: true },
    { name: 'officer_id', zh: "查验员", en: "Officer", kind: 'id', readonly: true, filter: true, target: "account" },
    { name: 'officer_card', zh: "上岗证号", en: "Officer's card number", kind: 'text', readonly: true, max: 20 },
    { name: 'proxy', zh: "代录", en: "Entered for somebody else or from paper", kind: 'flag', readonly: true },
    { name: 'declaration_id', zh: "自填表", en: "Traveller's own form", kind: 'id', readonly: true, target: "declaration" },
  ],
  handover: [
    { name: 'passage_id', zh: "通行登记", en: "Passage", kind: 'id', readonly: true, filter: true, target: "passage" },
    { name: 'from_post_id', zh: "移出卡点", en: "From checkpoint", kind: 'id', readonly: true, filter: true, target: "post" },
    { name: 'kind', zh: "类别", en: "Kind", kind: 'code', readonly: true, filter: true, codes: "handover_kind" },
    { name: 'to_name', zh: "接收单位", en: "Receiver", kind: 'text', readonly: true, max: 100 },
    { name: 'name', zh: "姓名", en: "Name", kind: 'text', readonly: true, personal: true, max: 60 },
    { name: 'phone', zh: "电话", en: "Phone", kind: 'text', readonly: true, personal: true, max: 20 },
    { name: 'to_address', zh: "详细地址", en: "Address", kind: 'text', readonly: true, personal: true, max: 200 },
    { name: 'temp', zh: "体温", en: "Temperature", kind: 'tenths', readonly: true, unit: "°C", min: 30, max: 45 },
    { name: 'sent_at', zh: "移交时间", en: "Sent", kind: 'instant', readonly: true },
    { name: 'due_at', zh: "应确认时间", en: "Due", kind: 'instant', readonly: true, filter: true, sort: true },
    { name: 'acknowledged_at', zh: "确认时间", en: "Acknowledged", kind: 'instant', readonly: true },
    { name: 'state', zh: "状态", en: "State", kind: 'code', readonly: true, filter: true, codes: "handover_state" },
    { name: 'acknowledged_by', zh: "确认人", en: "Acknowledged by", kind: 'id', readonly: true, target: "account" },
    { name: 'note', zh: "备注", en: "Note", kind: 'text', readonly: true, max: 300 },
  ],
  declaration: [
    { name: 'post_id', zh: "卡点", en: "Checkpoint", kind: 'id', readonly: true, target: "post" },
    { name: 'expires_at', zh: "失效时间", en: "Expires", kind: 'instant', readonly: true },
    { name: 'used', zh: "已使用", en: "Used", kind: 'flag', readonly: true },
  ],
  inbox: [
    { name: 'command', zh: "操作", en: "Command", kind: 'text', readonly: true, filter: true, max: 60 },
    { name: 'command_id', zh: "原编号", en: "Id as sent", kind: 'id', readonly: true },
    { name: 'target_id', zh: "对象", en: "Row", kind: 'id', readonly: true },
    { name: 'source', zh: "来源", en: "Source", kind: 'code', readonly: true, filter: true, codes: "inbox_source" },
    { name: 'line', zh: "行号", en: "Line", kind: 'integer', readonly: true },
    { name: 'state', zh: "状态", en: "State", kind: 'code', readonly: true, filter: true, codes: "inbox_state" },
    { name: 'problems', zh: "问题", en: "Problems", kind: 'document', readonly: true, max: 200000 },
    { name: 'at_device', zh: "录入时间", en: "Entered", kind: 'instant', readonly: true },
    { name: 'actor_id', zh: "录入人", en: "Entered by", kind: 'id', readonly: true, filter: true },
    { name: 'note', zh: "说明", en: "Note", kind: 'text', readonly: true, max: 300 },
  ],
  account_password: [
    { name: 'password', zh: "新密码", en: "New password", kind: 'text', required: true, personal: true, max: 200 },
    { name: 'present', zh: "原密码", en: "Present password", kind: 'text', personal: true, max: 200 },
  ],
  account_create: [
    { name: 'place_id', zh: "所属地区", en: "Home place", kind: 'id', required: true, target: "place" },
    { name: 'login', zh: "账号", en: "Account", kind: 'text', required: true, min: 2, max: 40 },
    { name: 'name', zh: "姓名", en: "Name", kind: 'text', required: true, personal: true, max: 40 },
    { name: 'phone', zh: "电话", en: "Phone", kind: 'text', personal: true, max: 20 },
    { name: 'card_no', zh: "上岗证号", en: "Duty card number", kind: 'text', max: 20 },
    { name: 'password', zh: "初始密码", en: "Initial password", kind: 'text', personal: true, max: 200 },
    { name: 'role', zh: "岗位", en: "Role", kind: 'code', codes: "role" },
  ],
  declaration_entry: [
    { name: 'post_code', zh: "卡点编号", en: "Checkpoint code", kind: 'text', required: true, max: 16 },
    { name: 'name', zh: "姓名", en: "Name", kind: 'text', required: true, personal: true, max: 60 },
    { name: 'doc_type', zh: "证件类型", en: "Document type", kind: 'code', required: true, codes: "doc_type" },
    { name: 'doc_no', zh: "证件号码", en: "Document number", kind: 'text', personal: true, max: 30 },
    { name: 'no_doc_reason', zh: "无证件理由", en: "Reason for no document", kind: 'text', max: 200 },
    { name: 'sex', zh: "性别", en: "Sex", kind: 'code', personal: true, codes: "sex" },
    { name: 'born_on', zh: "出生日期", en: "Born on", kind: 'date', personal: true },
    { name: 'phone', zh: "电话", en: "Phone", kind: 'text', personal: true, max: 20 },
    { name: 'home_division', zh: "户籍地区划", en: "Home division", kind: 'text', max: 12 },
    { name: 'plate', zh: "车牌号", en: "Plate", kind: 'text', personal: true, max: 16 },
    { name: 'transport', zh: "交通方式", en: "Transport", kind: 'code', codes: "transport" },
    { name: 'from_division', zh: "来自", en: "From division", kind: 'text', required: true, max: 12 },
    { name: 'via', zh: "14 天行程", en: "Route of 14 days", kind: 'list', max: 20 },
    { name: 'to_division', zh: "去往", en: "To division", kind: 'text', max: 12 },
    { name: 'to_address', zh: "详细地址", en: "Address", kind: 'text', personal: true, max: 200 },
    { name: 'local_contact', zh: "本地联系人", en: "Local contact", kind: 'text', personal: true, max: 60 },
    { name: 'local_contact_phone', zh: "联系人电话", en: "Contact's phone", kind: 'text', personal: true, max: 20 },
    { name: 'purpose', zh: "事由", en: "Purpose", kind: 'code', codes: "purpose" },
    { name: 'symptoms', zh: "症状", en: "Symptoms", kind: 'list', personal: true, codes: "symptom", max: 12 },
    { name: 'history', zh: "接触史", en: "Exposure history", kind: 'list', personal: true, codes: "exposure", max: 8 },
    { name: 'notice_read', zh: "已读告知", en: "Notice read", kind: 'flag', required: true },
  ],
  declaration_find: [
    { name: 'post_id', zh: "卡点", en: "Checkpoint", kind: 'id', required: true, target: "post" },
    { name: 'code', zh: "登记码", en: "Code", kind: 'text', required: true, min: 4, max: 8 },
  ],
  grant_create: [
    { name: 'account_id', zh: "账号", en: "Account", kind: 'id', required: true, target: "account" },
    { name: 'place_id', zh: "地区", en: "Place", kind: 'id', required: true, target: "place" },
    { name: 'role', zh: "岗位", en: "Role", kind: 'code', required: true, codes: "role" },
    { name: 'from_on', zh: "自", en: "From", kind: 'date' },
    { name: 'to_on', zh: "至", en: "Until", kind: 'date' },
  ],
  handover_acknowledge: [
    { name: 'note', zh: "备注", en: "Note", kind: 'text', max: 300 },
  ],
  inbox_correct: [
    { name: 'data', zh: "更正内容", en: "Corrected input", kind: 'document', required: true, personal: true, max: 100000 },
  ],
  passage_fold: [
    { name: 'before', zh: "此日之前", en: "Before this day (default: 28 days ago)", kind: 'date' },
  ],
  passage_entry: [
    { name: 'post_id', zh: "卡点", en: "Checkpoint", kind: 'id', required: true, target: "post" },
    { name: 'flow_id', zh: "同车编号", en: "Flow (one vehicle)", kind: 'id' },
    { name: 'direction', zh: "方向", en: "Direction", kind: 'code', required: true, codes: "direction" },
    { name: 'passed_at', zh: "通过时间", en: "Passed at", kind: 'instant', required: true },
    { name: 'name', zh: "姓名", en: "Name", kind: 'text', required: true, personal: true, max: 60 },
    { name: 'doc_type', zh: "证件类型", en: "Document type", kind: 'code', required: true, codes: "doc_type" },
    { name: 'doc_no', zh: "证件号码", en: "Document number", kind: 'text', personal: true, max: 30 },
    { name: 'no_doc_reason', zh: "无证件理由", en: "Reason for no document", kind: 'text', max: 200 },
    { name: 'sex', zh: "性别", en: "Sex", kind: 'code', personal: true, codes: "sex" },
    { name: 'born_on', zh: "出生日期", en: "Born on", kind: 'date', personal: true },
    { name: 'phone', zh: "电话", en: "Phone", kind: 'text', personal: true, max: 20 },
    { name: 'home_division', zh: "户籍地区划", en: "Home division", kind: 'text', max: 12 },
    { name: 'plate', zh: "车牌号", en: "Plate", kind: 'text', personal: true, max: 16 },
    { name: 'plate_kind', zh: "号牌种类", en: "Kind of plate", kind: 'code', codes: "plate_kind" },
    { name: 'transport', zh: "交通方式", en: "Transport", kind: 'code', required: true, codes: "transport" },
    { name: 'occupants', zh: "同车人数", en: "Occupants", kind: 'integer', min: 1, max: 200 },
    { name: 'seat', zh: "座位", en: "Seat", kind: 'code', codes: "seat" },
    { name: 'from_division', zh: "来自", en: "From division", kind: 'text', required: true, max: 12 },
    { name: 'left_at', zh: "离开时间", en: "Left at", kind: 'instant' },
    { name: 'via', zh: "14 天行程", en: "Route of 14 days", kind: 'list', max: 20 },
    { name: 'to_division', zh: "去往", en: "To division", kind: 'text', max: 12 },
    { name: 'to_address', zh: "详细地址", en: "Address", kind: 'text', personal: true, max: 200 },
    { name: 'local_contact', zh: "本地联系人", en: "Local contact", kind: 'text', personal: true, max: 60 },
    { name: 'local_contact_phone', zh: "联系人电话", en: "Contact's phone", kind: 'text', personal: true, max: 20 },
    { name: 'purpose', zh: "事由", en: "Purpose", kind: 'code', codes: "purpose" },
    { name: 'temp1', zh: "首测体温", en: "First temperature", kind: 'tenths', required: true, unit: "°C", min: 30, max: 45 },
    { name: 'device1', zh: "首测器具", en: "First device", kind: 'code', required: true, codes: "thermometer" },
    { name: 'ambient', zh: "环境温度", en: "Ambient temperature", kind: 'tenths', unit: "°C", min: -50, max: 60 },
    { name: 'temp2', zh: "复测体温", en: "Second temperature", kind: 'tenths', unit: "°C", min: 30, max: 45 },
    { name: 'device2', zh: "复测器具", en: "Second device", kind: 'code', codes: "thermometer" },
    { name: 'symptoms', zh: "症状", en: "Symptoms", kind: 'list', personal: true, codes: "symptom", max: 12 },
    { name: 'history', zh: "接触史", en: "Exposure history", kind: 'list', personal: true, codes: "exposure", max: 8 },
    { name: 'decision', zh: "处置", en: "Decision", kind: 'code', required: true, codes: "decision" },
    { name: 'reason', zh: "处置理由", en: "Reason", kind: 'text', max: 300 },
    { name: 'handed_to', zh: "移交对象", en: "Handed to", kind: 'text', max: 100 },
    { name: 'handover_place_id', zh: "接收地区", en: "Receiving place", kind: 'id', target: "place" },
    { name: 'officer_card', zh: "上岗证号", en: "Officer's card number", kind: 'text', max: 20 },
    { name: 'proxy', zh: "代录", en: "Entered for somebody else or from paper", kind: 'flag' },
    { name: 'declaration_code', zh: "登记码", en: "Code of the traveller's own form", kind: 'text', max: 8 },
  ],
  post_period_at: [
    { name: 'at', zh: "时间", en: "At", kind: 'instant' },
  ],
  session_login: [
    { name: 'login', zh: "账号", en: "Account", kind: 'text', required: true, max: 40 },
    { name: 'password', zh: "密码", en: "Password", kind: 'text', required: true, personal: true, max: 200 },
    { name: 'kind', zh: "方式", en: "Kind", kind: 'code', codes: "session_kind" },
    { name: 'device', zh: "设备", en: "Device", kind: 'text', max: 200 },
  ],
}
