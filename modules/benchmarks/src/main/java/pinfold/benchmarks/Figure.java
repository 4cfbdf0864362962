package pinfold.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One measured figure.
 *
 * @param aim null where there is none
 * @param ratio of this figure to another of the same run, NaN where there is none; unlike the figure it means something on a busy
 *     machine
 * @param to what the ratio is to
 */
record Figure(String benchmark, String host, double value, String unit, Aim aim, double ratio, String to) {
  static Figure of(String benchmark, String host, double value, String unit, Aim aim) {
    return new Figure(benchmark, host, value, unit, aim, Double.NaN, "");
  }

  Figure against(double other, String name) {
    return new Figure(benchmark, host, value, unit, aim, value / other, name);
  }

  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("benchmark", benchmark);
    map.put("host", host);
    map.put("figure", value);
    map.put("unit", unit);
    map.put("aim", aim == null ? null : aim.value());
    map.put("aim_is_least", aim == null ? null : aim.least());
    map.put("aim_met", aim == null ? null : aim.isMetBy(value));
    map.put("ratio", Double.isNaN(ratio) ? null : ratio);
    map.put("ratio_to", to);
    return map;
  }
}
