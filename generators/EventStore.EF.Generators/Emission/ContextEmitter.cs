using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the context of an assembly: which types it can serialize, and who makes the metadata of each.</summary>
internal static class ContextEmitter
{
    public const string ClassName = "EventJsonContext";

    private const string Options = "global::System.Text.Json.JsonSerializerOptions";
    private const string TypeInfo = "global::System.Text.Json.Serialization.Metadata.JsonTypeInfo";
    private const string Map = $"global::System.Collections.Generic.Dictionary<global::System.Type, global::System.Func<{Options}, {TypeInfo}>>";

    public static SourceText Emit(string ns, ContextModel model) => GeneratedFile.Of(ns, [], code =>
    {
        code.Lines(GeneratedFile.Attributes).Open($"internal sealed class {ClassName} : global::EventStore.EF.EventJsonContext")
            .Line($"private static readonly {Map} Types = new {Map}({model.Shapes.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)})")
            .Line("{");
        foreach (var shape in model.Shapes)
            code.Line($"    [typeof({shape.Type.Code})] = {Factory(shape)},");
        code.Line("};")
            .Line()
            .Line($"internal static readonly {ClassName} Default = new {ClassName}();")
            .Line()
            .Line($"protected override {TypeInfo}? Create(global::System.Type type, {Options} options)")
            .Line("    => Types.TryGetValue(type, out var create) ? create(options) : null;")
            .Close();
    });

    private static string Factory(Shape shape) => shape is ConverterShape converter
        ? $"static options => global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.CreateValueInfo<{shape.Type.Code}>(options, {converter.Converter})"
        : $"Json_{shape.Type.Id}.Create";
}
