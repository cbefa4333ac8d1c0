Imports EventStore.EF

<[Event]("invoice-paid")>
Public Class InvoicePaid
    Public Property Number As Integer
    Public Property Amount As Decimal
End Class
