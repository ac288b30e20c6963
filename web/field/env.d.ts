/* Parts of browsers that TypeScript's library does not describe yet. */
interface DetectedBarcode { rawValue: string }
interface BarcodeDetectorLike { detect(source: CanvasImageSource): Promise<DetectedBarcode[]> }
interface Window { BarcodeDetector?: new (options: { formats: string[] }) => BarcodeDetectorLike }
