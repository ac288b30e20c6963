/* Distance from here to a post. The position stays on the phone. */
import type { Post } from '@shared/types'

export interface Position { lng: number; lat: number }

const EARTH_KM = 6371.0
const LOCATE_MS = 10000

export function locate(): Promise<Position> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject(new Error('no geolocation'))
    navigator.geolocation.getCurrentPosition((p) => resolve({ lng: p.coords.longitude, lat: p.coords.latitude }),
      () => reject(new Error('no position')), { timeout: LOCATE_MS, maximumAge: 60000 })
  })
}

/* Great circle (haversine); null if the post has no coordinates. */
export function distanceKm(from: Position, post: Pick<Post, 'lng' | 'lat'>): number | null {
  if (post.lng == null || post.lat == null) return null
  const rad = Math.PI / 180
  const dLat = (post.lat - from.lat) * rad
  const dLng = (post.lng - from.lng) * rad
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(from.lat * rad) * Math.cos(post.lat * rad) * Math.sin(dLng / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.sqrt(h))
}
