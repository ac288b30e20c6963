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
export type RoleCode = 'system_administrator' | 'command_office' | 'district_office' | 'checkpoint_leader' | 'checkpoint_officer' | 'auditor'
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
