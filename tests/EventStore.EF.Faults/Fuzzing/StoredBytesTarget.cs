using CsCheck;

namespace EventStore.EF.Faults;

/// <summary>
/// Whatever bytes stand in the database under whatever name: read as a type of the catalog, or refused with the exception that says so.
/// Nothing stored can name a type to be made.
/// </summary>
internal sealed class StoredBytesTarget : FuzzTarget
{
    private static readonly Gen<string> TypeName = Gen.OneOf(
        Gen.OneOf("fuzzed", "fault-written", "Fuzzed", "fuzzed ", "FUZZED", "System.Diagnostics.Process, System.Diagnostics.Process", typeof(Fuzzed).AssemblyQualifiedName!), Nasty.Text);

    private static readonly Gen<string> ContentType = Gen.OneOf(Gen.Const(ContentTypes.Json), Gen.OneOf("application/octet-stream", "application/json; charset=utf-7"), Nasty.Text);

    public override string Name => "stored bytes";

    public override int Share => 300;

    public static RecordedEvent Stored(string type, int version, byte[] payload, string? contentType = null, byte[]? metadata = null) => new(PayloadTarget.Catalog)
    {
        EventId = Guid.CreateVersion7(),
        Position = 1,
        StreamName = "stream",
        StreamVersion = 1,
        Number = 1,
        EventType = type,
        SchemaVersion = version,
        Payload = payload,
        ContentType = contentType ?? ContentTypes.Json,
        MetadataJson = metadata,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public override Task RunAsync(long cases, CancellationToken ct)
    {
        Gen.Select(TypeName, Gen.Int[0, 2], Nasty.Bytes, ContentType).Sample(
            (type, version, payload, contentType) =>
            {
                var stored = Stored(type, version, payload, contentType);
                try
                {
                    Demand(PayloadTarget.Catalog.Find(stored.Data.GetType()) is not null, $"a {stored.Data.GetType()} was made, which is not in the catalog");
                }
                catch (Exception exception) when (exception is UnknownEventTypeException or EventDeserializationException)
                {
                    // Refused, and the bytes are still to be had.
                    Demand(stored.Payload.Span.SequenceEqual(payload), "the payload has changed");
                }
            },
            iter: cases);
        return Task.CompletedTask;
    }
}
