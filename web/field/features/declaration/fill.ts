/* Puts a traveller's own answers into the form. The vehicle's part only where nothing stands yet: the first of a car
 * has said it, the others' forms must not undo it. */
import { normalPlate, parsePlate } from '@shared/plate'
import type { DeclarationEntry } from '@shared/types'
import { addOccupant, form } from '../passage/register'
import { PLATE_DEFAULT, type Occupant, type Vehicle } from '../passage/form'

function fillVehicle(v: Vehicle, c: Partial<DeclarationEntry>): void {
  const plate = normalPlate(c.plate ?? '')
  if (plate && (v.plate === '' || v.plate === PLATE_DEFAULT)) {
    v.plate = plate
    v.plated = parsePlate(plate) ? 'plate' : 'other'
  }
  v.fromDivision ||= c.from_division ?? ''
  v.toDivision ||= c.to_division ?? ''
  v.toAddress ||= c.to_address ?? ''
  v.localContact ||= c.local_contact ?? ''
  v.localContactPhone ||= c.local_contact_phone ?? ''
  v.purpose ||= c.purpose ?? ''
  for (const place of c.via ?? []) if (!v.via.includes(place) && v.via.length < 20) v.via.push(place)
}

function fillOccupant(o: Occupant, c: Partial<DeclarationEntry>, code: string): void {
  o.docType = c.doc_type ?? 'id_card'
  o.docNo = c.doc_no ?? ''
  o.noDocReason = c.no_doc_reason ?? ''
  o.name = c.name ?? ''
  o.phone = c.phone ?? ''
  o.homeDivision = c.home_division ?? ''
  o.symptoms = [...(c.symptoms ?? [])]
  o.history = [...(c.history ?? [])]
  o.declarationCode = code
}

/* Into the person on the screen if he is still empty, else into a new one. Gives the person's index. */
export function fillFrom(content: Partial<DeclarationEntry>, code: string): number {
  const o = form.occupants[form.current]
  if (o && (o.docNo !== '' || o.name !== '')) addOccupant()
  fillVehicle(form.vehicle, content)
  fillOccupant(form.occupants[form.current]!, content, code)
  return form.current
}
