import { ApiError } from '@/lib/api/error'
import type { Problem } from '@/lib/api/types'

/** Sends bytes and says how much of them is on its way, which `fetch` cannot. Refusals are those of `unwrap`. */
export function upload<T>(url: string, body: Blob, onProgress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () => {
      const answer = parsed(request.responseText)
      if (request.status >= 200 && request.status < 300) return resolve(answer as T)
      const wait = Number(request.getResponseHeader('retry-after'))
      reject(new ApiError(request.status, answer ?? {}, wait > 0 ? wait : null))
    }
    request.onerror = () => reject(new ApiError(0, {}))
    request.ontimeout = request.onerror
    request.send(body)
  })
}

/** What a proxy answers in the place of Nexus is no problem that is known. */
function parsed(text: string): Partial<Problem> | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
