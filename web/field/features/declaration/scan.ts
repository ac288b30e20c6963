/* Reads the code from the traveller's screen where the browser can (BarcodeDetector); elsewhere one types six digits. */

export interface Scan { stop(): void }

export function scannerThere(): boolean {
  return 'BarcodeDetector' in window && Boolean(navigator.mediaDevices)
}

/* The six digits in what was scanned: bare, or as the traveller's page writes them, "redoubt:HB03:483920". */
export function codeOf(text: string): string | null {
  return text.match(/^(?:redoubt:[A-Za-z0-9_-]+:)?(\d{6})$/)?.[1] ?? null
}

export async function scan(video: HTMLVideoElement, found: (text: string) => void): Promise<Scan> {
  if (!window.BarcodeDetector) throw new Error('no detector')
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] })
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  video.srcObject = stream
  await video.play()
  let on = true
  const look = async () => {
    if (!on) return
    const codes = await detector.detect(video).catch(() => [])
    for (const c of codes) if (on) found(c.rawValue)
    if (on) setTimeout(() => void look(), 250)
  }
  void look()
  return {
    stop() {
      on = false
      for (const track of stream.getTracks()) track.stop()
      video.srcObject = null
    },
  }
}
