using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Services = System.Text.Json.Serialization.Metadata.JsonMetadataServices;

namespace EventStore.EF;

/// <summary>The metadata of the types for which System.Text.Json has converters, so that no assembly must emit it.</summary>
internal static class BuiltInJson
{
    private static readonly Dictionary<Type, Func<JsonSerializerOptions, JsonTypeInfo>> Types = new()
    {
        [typeof(bool)] = static o => Services.CreateValueInfo<bool>(o, Services.BooleanConverter),
        [typeof(byte)] = static o => Services.CreateValueInfo<byte>(o, Services.ByteConverter),
        [typeof(sbyte)] = static o => Services.CreateValueInfo<sbyte>(o, Services.SByteConverter),
        [typeof(short)] = static o => Services.CreateValueInfo<short>(o, Services.Int16Converter),
        [typeof(ushort)] = static o => Services.CreateValueInfo<ushort>(o, Services.UInt16Converter),
        [typeof(int)] = static o => Services.CreateValueInfo<int>(o, Services.Int32Converter),
        [typeof(uint)] = static o => Services.CreateValueInfo<uint>(o, Services.UInt32Converter),
        [typeof(long)] = static o => Services.CreateValueInfo<long>(o, Services.Int64Converter),
        [typeof(ulong)] = static o => Services.CreateValueInfo<ulong>(o, Services.UInt64Converter),
        [typeof(Int128)] = static o => Services.CreateValueInfo<Int128>(o, Services.Int128Converter),
        [typeof(UInt128)] = static o => Services.CreateValueInfo<UInt128>(o, Services.UInt128Converter),
        [typeof(Half)] = static o => Services.CreateValueInfo<Half>(o, Services.HalfConverter),
        [typeof(float)] = static o => Services.CreateValueInfo<float>(o, Services.SingleConverter),
        [typeof(double)] = static o => Services.CreateValueInfo<double>(o, Services.DoubleConverter),
        [typeof(decimal)] = static o => Services.CreateValueInfo<decimal>(o, Services.DecimalConverter),
        [typeof(char)] = static o => Services.CreateValueInfo<char>(o, Services.CharConverter),
        [typeof(string)] = static o => Services.CreateValueInfo<string>(o, Services.StringConverter!),
        [typeof(Guid)] = static o => Services.CreateValueInfo<Guid>(o, Services.GuidConverter),
        [typeof(DateTime)] = static o => Services.CreateValueInfo<DateTime>(o, Services.DateTimeConverter),
        [typeof(DateTimeOffset)] = static o => Services.CreateValueInfo<DateTimeOffset>(o, Services.DateTimeOffsetConverter),
        [typeof(DateOnly)] = static o => Services.CreateValueInfo<DateOnly>(o, Services.DateOnlyConverter),
        [typeof(TimeOnly)] = static o => Services.CreateValueInfo<TimeOnly>(o, Services.TimeOnlyConverter),
        [typeof(TimeSpan)] = static o => Services.CreateValueInfo<TimeSpan>(o, Services.TimeSpanConverter),
        [typeof(Uri)] = static o => Services.CreateValueInfo<Uri>(o, Services.UriConverter!),
        [typeof(Version)] = static o => Services.CreateValueInfo<Version>(o, Services.VersionConverter!),
        [typeof(byte[])] = static o => Services.CreateValueInfo<byte[]>(o, Services.ByteArrayConverter!),
        [typeof(Memory<byte>)] = static o => Services.CreateValueInfo<Memory<byte>>(o, Services.MemoryByteConverter),
        [typeof(ReadOnlyMemory<byte>)] = static o
            => Services.CreateValueInfo<ReadOnlyMemory<byte>>(o, Services.ReadOnlyMemoryByteConverter),
        [typeof(JsonElement)] = static o => Services.CreateValueInfo<JsonElement>(o, Services.JsonElementConverter),
        [typeof(JsonDocument)] = static o => Services.CreateValueInfo<JsonDocument>(o, Services.JsonDocumentConverter!),
        [typeof(JsonNode)] = static o => Services.CreateValueInfo<JsonNode>(o, Services.JsonNodeConverter!),
        [typeof(JsonObject)] = static o => Services.CreateValueInfo<JsonObject>(o, Services.JsonObjectConverter!),
        [typeof(JsonArray)] = static o => Services.CreateValueInfo<JsonArray>(o, Services.JsonArrayConverter!),
        [typeof(JsonValue)] = static o => Services.CreateValueInfo<JsonValue>(o, Services.JsonValueConverter!),
        [typeof(object)] = static o => Services.CreateValueInfo<object>(o, Services.ObjectConverter!),
    };

    internal static JsonTypeInfo? Create(Type type, JsonSerializerOptions options)
        => Types.TryGetValue(type, out var create) ? create(options) : null;
}
