namespace Shop

open System
open EventStore.EF

[<Event("parcel-sent")>]
type ParcelSent = { ParcelId: Guid; Weight: decimal }
