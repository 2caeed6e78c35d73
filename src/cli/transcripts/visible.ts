export { visible, visibleJson, visibleLines } from '../../model/visible.ts';
