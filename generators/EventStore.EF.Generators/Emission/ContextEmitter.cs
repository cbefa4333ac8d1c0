using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the context of an assembly: the types it can serialize, with the method that creates the metadata of each.</summary>
internal static class ContextEmitter
{
    public const string ClassName = "EventJsonContext";

    private const string Factories = $"global::System.Func<{Code.Options}, {Code.TypeInfo}>";
    private const string Map = $"global::System.Collections.Generic.Dictionary<global::System.Type, {Factories}>";

    public static SourceText Emit(string ns, ContextModel model) => GeneratedFile.Of(ns, [], code =>
    {
        code.Lines(GeneratedFile.Attributes).Open($"internal sealed class {ClassName} : {Code.Library}EventJsonContext")
            .Line($"private static readonly {Map} Types = new {Map}({Code.Number(model.Shapes.Count)})")
            .Line("{");
        foreach (var shape in model.Shapes)
            code.Line($"    [typeof({shape.Type.Code})] = {Factory(shape)},");
        code.Line("};")
            .Line()
            .Line($"internal static readonly {ClassName} Default = new {ClassName}();")
            .Line()
            .Line($"protected override {Code.TypeInfo}? Create(global::System.Type type, {Code.Options} options)")
            .Line("    => Types.TryGetValue(type, out var create) ? create(options) : null;")
            .Close();
    });

    private static string Factory(Shape shape) => shape is ConverterShape converter
        ? $"static options => {Code.Services}CreateValueInfo<{shape.Type.Code}>(options, {converter.Converter})"
        : $"Json_{shape.Type.Id}.Create";
}
