using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Sqlite.Tests.Documentation;

[Event("account-opened")]
public sealed record Opened(string Owner);

[Event("money-deposited")]
public sealed record Deposited(int Amount);

[Event("money-withdrawn")]
public sealed record Withdrawn(int Amount);

public sealed record Balance(int Amount);

[JsonSerializable(typeof(Balance))]
public sealed partial class BankJson : JsonSerializerContext;

public sealed class Account
{
    public int Id { get; init; }

    public required string Owner { get; init; }
}

public sealed class BankContext(DbContextOptions<BankContext> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();
}

/// <summary>JSON, compressed.</summary>
public sealed class CompressedSerializer : IEventSerializer
{
    public string ContentType => "application/x-json-brotli";

    public byte[] Serialize(object data)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest))
            JsonSerializer.Serialize(brotli, data, data.GetType());

        return compressed.ToArray();
    }

    public object Deserialize(ReadOnlyMemory<byte> payload, Type type)
    {
        using var brotli = new BrotliStream(new MemoryStream(payload.ToArray()), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(brotli, type)!;
    }
}
